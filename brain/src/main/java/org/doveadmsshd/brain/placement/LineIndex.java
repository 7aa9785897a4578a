package org.doveadmsshd.brain.placement;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;

/**
 * Where in a file the line of a user stands. An entry is a {@code long}: the upper {@value
 * #HASH_BITS} bits are of a hash of the name, the others are the position of the line. Entries are
 * sorted; a line whose hash fits is read and compared. Safe for several threads.
 */
final class LineIndex implements Closeable {
  private static final int HASH_BITS = 28;
  private static final int POSITION_BITS = Long.SIZE - HASH_BITS;

  /** In bytes; a longer line is no placement. */
  private static final int MAX_LINE = 4096;

  /** Most lines are no longer: so much is read at first. */
  private static final int USUAL_LINE = 128;

  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final Set<String> servers;
  private final MemoryBudget.Share memory;
  private final FileChannel channel;
  private long[] entries = {};
  private int size;

  private LineIndex(Path file, Set<String> servers, MemoryBudget.Share memory) throws IOException {
    this.file = file;
    this.servers = servers;
    this.memory = memory;
    channel = FileChannel.open(file);
  }

  /**
   * Reads all lines.
   *
   * @param memory draws what is kept, until it is closed
   * @throws Failure that names the first line that cannot be understood
   */
  static LineIndex read(Path file, Set<String> servers, MemoryBudget.Share memory)
      throws IOException, Failure {
    LineIndex index = new LineIndex(file, servers, memory);
    boolean whole = false;
    try {
      index.makeRoom();
      index.fill();
      Arrays.sort(index.entries, 0, index.size);
      index.checkThatNobodyIsThereTwice();
      whole = true;
      return index;
    } finally {
      if (!whole) {
        index.close();
      }
    }
  }

  /** One entry for each line break. */
  private void makeRoom() throws IOException, Failure {
    if (channel.size() >= 1L << POSITION_BITS) {
      throw broken("it is larger than " + (1L << POSITION_BITS - 30) + " GiB");
    }
    long lines = 0;
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    byte[] bytes = buffer.array();
    int got;
    for (long at = 0; (got = channel.read(buffer.clear(), at)) > 0; at += got) {
      for (int i = 0; i < got; i++) {
        lines += bytes[i] == '\n' ? 1 : 0;
      }
    }
    if (lines > Integer.MAX_VALUE - 8 || !memory.tryTake(Long.BYTES * lines)) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE,
          "There is no memory for the %,d lines of the file of placements %s"
              .formatted(lines, file));
    }
    entries = new long[(int) lines];
  }

  private void fill() throws IOException, Failure {
    Line line = new Line();
    for (long number = 1, at = 0; line.readNext(); at += line.bytes, number++) {
      try {
        add(line, at);
      } catch (FileLine.MistakeException e) {
        throw broken("line " + number + ": " + e.getMessage());
      }
    }
  }

  private void add(Line line, long at) throws FileLine.MistakeException {
    if (!line.ended) {
      throw new FileLine.MistakeException("the file ends in the midst of it: is it cut off?");
    }
    if (line.bytes > MAX_LINE) {
      throw new FileLine.MistakeException("it is longer than " + MAX_LINE + " bytes");
    }
    String text = line.text();
    if (FileLine.isEmpty(text)) {
      return;
    }
    if (size == entries.length) {
      throw new FileLine.MistakeException("it was added while the file was read");
    }
    entries[size++] = hash(FileLine.parse(text, servers).user()) | at;
  }

  /** The lines one after another; one object for all. */
  private final class Line {
    private final ByteBuffer ahead = ByteBuffer.allocate(BUFFER).limit(0);
    private final ByteArrayOutputStream content = new ByteArrayOutputStream(MAX_LINE);
    private long read;

    /** Of the file, with the line break. */
    private long bytes;

    private boolean ended;

    /** False at the end of the file. */
    boolean readNext() throws IOException {
      content.reset();
      bytes = 0;
      ended = false;
      while (!ended && (ahead.hasRemaining() || readAhead())) {
        int from = ahead.position();
        int to = from;
        while (to < ahead.limit() && ahead.get(to) != '\n') {
          to++;
        }
        ended = to < ahead.limit();
        content.write(ahead.array(), from, Math.min(to - from, MAX_LINE - content.size()));
        ahead.position(ended ? to + 1 : to);
        bytes += ahead.position() - from;
      }
      return bytes > 0;
    }

    private boolean readAhead() throws IOException {
      int got = channel.read(ahead.clear(), read);
      ahead.flip();
      read += Math.max(got, 0);
      return got > 0;
    }

    String text() {
      return content.toString(StandardCharsets.UTF_8);
    }
  }

  private void checkThatNobodyIsThereTwice() throws IOException, Failure {
    for (int i = 1; i < size; i++) {
      for (int j = i - 1; j >= 0 && hashOf(entries[i]) == hashOf(entries[j]); j--) {
        String user = lineAt(position(entries[i])).user();
        if (user.equals(lineAt(position(entries[j])).user())) {
          throw broken(
              "lines %d and %d are both for %s"
                  .formatted(number(position(entries[j])), number(position(entries[i])), user));
        }
      }
    }
  }

  /** The number of the line at a position. */
  private long number(long position) throws IOException {
    long number = 1;
    Line line = new Line();
    for (long at = 0; at < position && line.readNext(); at += line.bytes) {
      number++;
    }
    return number;
  }

  /**
   * The line of a user.
   *
   * @throws Failure when the file is no longer what was read
   */
  Optional<FileLine> find(String user) throws IOException, Failure {
    String name = user.toLowerCase(Locale.ROOT);
    long hash = hash(name);
    int at = Arrays.binarySearch(entries, 0, size, hash);
    for (int i = at < 0 ? -at - 1 : at; i < size && hashOf(entries[i]) == hash; i++) {
      FileLine line = lineAt(position(entries[i]));
      if (line.user().equals(name)) {
        return Optional.of(line);
      }
    }
    return Optional.empty();
  }

  private FileLine lineAt(long position) throws IOException, Failure {
    ByteBuffer buffer = ByteBuffer.allocate(USUAL_LINE);
    int end = lineBreak(buffer.array(), channel.read(buffer, position));
    if (end < 0) {
      buffer = ByteBuffer.allocate(MAX_LINE);
      end = lineBreak(buffer.array(), channel.read(buffer, position));
    }
    try {
      String text = new String(buffer.array(), 0, Math.max(end, 0), StandardCharsets.UTF_8);
      return FileLine.parse(text, servers);
    } catch (FileLine.MistakeException e) {
      throw Failure.temporary("The file of placements " + file + " was overwritten", e);
    }
  }

  private static int lineBreak(byte[] bytes, int filled) {
    for (int i = 0; i < filled; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private static long hashOf(long entry) {
    return entry >>> POSITION_BITS << POSITION_BITS;
  }

  private static long position(long entry) {
    return entry & (1L << POSITION_BITS) - 1;
  }

  /** FNV-1a, mixed once more, since the upper bits are those that count. */
  private static long hash(String name) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ hash >>> 32) * 0xd6e8feb86659fd93L;
    return hashOf(hash ^ hash >>> 32);
  }

  private Failure broken(String what) {
    return new Failure(
        Outcome.CONFIGURATION_ERROR, "The file of placements %s: %s".formatted(file, what));
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() {
    memory.give(Long.BYTES * (long) entries.length);
    try {
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException(Reason.of(e), e); // it was only read
    }
  }
}
