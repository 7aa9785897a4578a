package org.doveadmsshd.brain.journal;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;

/**
 * Reads a journal line by line; what it holds does not grow with the journal. A last line that is
 * cut does not count: a program was killed, or the file is being written. For one thread.
 */
public final class JournalReader implements Closeable {
  /** Most bytes of the first line: a whole command line, each character as an escape. */
  private static final int MAX_HEADER = 2 * 1024 * 1024;

  private static final int MAX_LINE = 64 * 1024;
  private static final int TAIL = 4096;
  private static final int BUFFER = 64 * 1024;

  private final String name;
  private final InputStream in;
  private final JournalHeader header;
  private byte[] line = new byte[4096];
  private int length;
  private long lines;

  /** Whether the line is whole: what has been read of one that is not is gone on with. */
  private boolean whole = true;

  private long end;

  private JournalReader(String name, InputStream in) throws Failure, IOException {
    this.name = name;
    this.in = new BufferedInputStream(in, BUFFER);
    if (!readLine(MAX_HEADER)) {
      throw damaged("it ends in its first line");
    }
    header = parseHeader();
  }

  /**
   * Opens a journal.
   *
   * @throws Failure with exit code 64 when there is no such file or it may not be read, 65 when it
   *     is no journal, 78 when it is from a newer version
   */
  public static JournalReader open(Path file) throws Failure {
    checkFile(file);
    InputStream in = null;
    try {
      in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
      JournalReader reader = new JournalReader(file.toString(), in);
      in = null;
      return reader;
    } catch (IOException e) {
      throw unreadable(file, e);
    } finally {
      close(in);
    }
  }

  /** What the run of a journal is. Throws as {@link #open} does. */
  static JournalHeader headerOf(Path file) throws Failure {
    try (JournalReader reader = open(file)) {
      return reader.header();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** The run that writes a journal, or was the last to write it. */
  static JournalLine.Resumed writerOf(Path file) throws Failure {
    try (JournalReader reader = open(file)) {
      JournalHeader header = reader.header();
      JournalLine.Resumed writer =
          new JournalLine.Resumed(
              1,
              header.started(),
              header.program(),
              header.master(),
              header.host(),
              header.process());
      for (JournalLine line; (line = reader.next()) != null; ) {
        writer = line instanceof JournalLine.Resumed ? (JournalLine.Resumed) line : writer;
      }
      return writer;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** The last line, without reading all those before; nothing when it is not that of an end. */
  static Optional<JournalLine.Ended> endOf(Path file) throws Failure {
    checkFile(file);
    try (FileChannel channel =
        FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      ByteBuffer tail = ByteBuffer.allocate(TAIL);
      channel.read(tail, Math.max(0, channel.size() - TAIL));
      String text = new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8);
      int begin = text.lastIndexOf('\n', text.length() - 2);
      return text.endsWith("\n") && begin >= 0
          ? endIn(text.substring(begin + 1, text.length() - 1))
          : Optional.empty();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static Optional<JournalLine.Ended> endIn(String text) {
    JournalFields fields = new JournalFields();
    try (JsonParser json = JournalText.JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      fields.read(json);
      return fields
          .line(0)
          .filter(JournalLine.Ended.class::isInstance)
          .map(JournalLine.Ended.class::cast);
    } catch (IOException | DateTimeException e) {
      return Optional.empty(); // whoever reads all of it finds that
    }
  }

  /** Reads what is open already; the caller closes it. */
  static JournalReader of(Path file, InputStream in) throws Failure {
    try {
      return new JournalReader(file.toString(), in);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Refuses what is no plain file: a FIFO would be waited for, a link may lead anywhere. */
  static void checkFile(Path file) throws Failure {
    try {
      if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isRegularFile()) {
        throw Failure.usage("The journal " + file + " is no plain file");
      }
    } catch (NoSuchFileException e) {
      throw Failure.usage("There is no journal " + file + " (the command runs lists them)");
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static Failure unreadable(Path file, IOException e) {
    return new Failure(
        Outcome.USAGE, "The journal " + file + " cannot be read: " + Reason.of(e), e);
  }

  private static void close(InputStream in) {
    try {
      if (in != null) {
        in.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the run is. */
  public JournalHeader header() {
    return header;
  }

  private JournalHeader parseHeader() throws Failure {
    JournalFields fields = fields();
    Optional<Long> version = fields.number("journal");
    if (version.isEmpty()) {
      throw damaged("its first line is not that of a journal");
    }
    if (version.get() > JournalHeader.VERSION) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "The journal %s is of format %d, and this program reads up to %d: a newer one wrote it (%s)"
              .formatted(name, version.get(), JournalHeader.VERSION, fields.text("program")));
    }
    try {
      return fields.header();
    } catch (DateTimeException e) {
      throw damaged("it does not say when it was begun");
    }
  }

  /**
   * The next line.
   *
   * @return null at the end
   * @throws Failure with exit code 65 when it is damaged there; nothing more can be read then
   */
  public JournalLine next() throws Failure {
    try {
      if (!readLine(MAX_LINE)) {
        return null;
      }
    } catch (IOException e) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE, "The journal " + name + " cannot be read: " + Reason.of(e), e);
    }
    try {
      return fields()
          .line(end - length - 1)
          .orElseThrow(() -> damaged("it says nothing that is known"));
    } catch (DateTimeException e) {
      throw damaged("a time is none");
    }
  }

  /** Where the last whole line that has been read ends: a cut one begins there. */
  public long position() {
    return end;
  }

  private boolean readLine(int most) throws Failure, IOException {
    length = whole ? 0 : length;
    whole = false;
    for (int b; (b = in.read()) >= 0; ) {
      if (b == '\n') {
        lines++;
        end += length + 1;
        whole = true;
        return true;
      }
      if (length == most) {
        lines++;
        throw damaged("it is longer than any");
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, Math.min(most, 2 * length));
      }
      line[length++] = (byte) b;
    }
    return false;
  }

  private JournalFields fields() throws Failure {
    JournalFields fields = new JournalFields();
    try (JsonParser json = JournalText.JSON.createParser(line, 0, length)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw damaged("it is no object of JSON");
      }
      fields.read(json);
      if (json.nextToken() != null) {
        throw damaged("there is more than one object of JSON");
      }
    } catch (JsonParseException e) {
      throw damaged("it is no JSON");
    } catch (IOException e) {
      throw damaged("it is no JSON that can be read");
    }
    return fields;
  }

  private Failure damaged(String how) {
    return new Failure(
        Outcome.DATA_ERROR,
        "The journal %s is damaged at line %d: %s".formatted(name, Math.max(1, lines), how));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
