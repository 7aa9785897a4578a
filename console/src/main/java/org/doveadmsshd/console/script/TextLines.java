package org.doveadmsshd.console.script;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.CommandLine;
import org.doveadmsshd.protocol.Limits;

/**
 * The lines of a stream, as they come: LF or CR LF ends one, the last may lack that. Holds one line
 * at a time, of bounded length. One thread at a time.
 */
final class TextLines {
  private static final int BUFFER = 8 * 1024;
  private static final int END = -1;
  private static final char BYTE_ORDER_MARK = '\ufeff';

  private final InputStream in;
  private final MemoryBudget.Share memory;
  private final byte[] buffer = new byte[BUFFER];
  private int at;
  private int length;
  private long number;
  private long copied;

  /**
   * @param memory draws what is longer than a line commonly is
   */
  TextLines(InputStream in, MemoryBudget.Share memory) {
    this.in = in;
    this.memory = memory;
  }

  /** The number of the line that was read last, from 1 on. */
  long number() {
    return number;
  }

  /**
   * The next line as text.
   *
   * @return nothing at the end
   * @throws Failure for a line that is none; it has been read then
   */
  Optional<String> next() throws Failure, IOException {
    if (peek() == END) {
      return Optional.empty();
    }
    number++;
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean fits = true;
    try (MemoryBudget.Share own = memory.share(memory.most())) {
      for (int b = read(); b != END && b != '\n'; b = read()) {
        fits = fits && (line.size() % BUFFER > 0 || own.tryTake(2 * BUFFER));
        if (fits && line.size() <= CommandLine.MAX_LENGTH) {
          line.write(b);
        }
      }
      if (!fits) {
        throw Failure.temporary("There is no memory for a line as long; try again later", null);
      }
      return Optional.of(decoded(line.toByteArray()));
    }
  }

  private String decoded(byte[] line) throws Failure {
    if (line.length > CommandLine.MAX_LENGTH) {
      throw Failure.usage("The line is longer than " + CommandLine.MAX_LENGTH + " bytes");
    }
    boolean returns = line.length > 0 && line[line.length - 1] == '\r';
    ByteBuffer bytes = ByteBuffer.wrap(line, 0, line.length - (returns ? 1 : 0));
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      boolean marked = number == 1 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
      return marked ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new Failure(
          Outcome.USAGE, "The line has bytes that are not UTF-8; nothing of it was done", e);
    }
  }

  /**
   * Copies the bytes of lines as they are, up to the line that ends them.
   *
   * @return false when the stream ends before
   * @throws Failure when there are more bytes than a command may read; the rest is not read
   */
  boolean copyUntil(CommandLine.HereDocument document, OutputStream out)
      throws Failure, IOException {
    byte[] end = document.end().getBytes(StandardCharsets.UTF_8);
    copied = 0;
    while (peek() != END) {
      number++;
      while (document.stripsTabs() && peek() == '\t') {
        read();
      }
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int b = read();
      for (; b != END && b != '\n' && line.size() <= end.length; b = read()) {
        line.write(b); // as much of it as tells whether it is the last
      }
      if ((b == END || b == '\n') && isEnd(line.toByteArray(), end)) {
        return true;
      }
      copy(line.toByteArray(), b, out);
    }
    return false;
  }

  /** Copies a line of which that much has been read. */
  private void copy(byte[] begun, int next, OutputStream out) throws Failure, IOException {
    out.write(begun);
    copied += begun.length;
    for (int b = next; b != END; b = read()) {
      copied++;
      if (copied > Limits.MAX_INPUT) {
        throw new Failure(
            Outcome.DATA_ERROR,
            "The here-document is longer than " + Limits.MAX_INPUT + " bytes; nothing was done");
      }
      out.write(b);
      if (b == '\n') {
        return;
      }
    }
  }

  private static boolean isEnd(byte[] line, byte[] end) {
    boolean returns = line.length == end.length + 1 && line[end.length] == '\r';
    int count = line.length - (returns ? 1 : 0);
    return Arrays.equals(line, 0, count, end, 0, end.length);
  }

  private int read() throws IOException {
    int next = peek();
    at += next == END ? 0 : 1;
    return next;
  }

  /** The next byte, which stays; waits until there is one. */
  private int peek() throws IOException {
    if (at == length && length != END) {
      at = 0;
      length = in.read(buffer);
    }
    return at < length ? buffer[at] & 0xFF : END;
  }
}
