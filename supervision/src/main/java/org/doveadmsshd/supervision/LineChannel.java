package org.doveadmsshd.supervision;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.doveadmsshd.base.TabLines;

/**
 * Lines of values that go both ways, as docs/SUPERVISOR.md describes them. One thread at a time
 * reads, one at a time writes.
 */
public final class LineChannel {
  /** A longer line is none. */
  public static final int MAX_LINE = 64 * 1024;

  private final InputStream in;
  private final OutputStream out;
  private final byte[] buffer = new byte[4096];
  private int position;
  private int end;

  public LineChannel(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /** Sends a line. */
  public void send(String... values) throws IOException {
    send(Collections.singletonList(values));
  }

  /** Sends lines, at once. */
  public void send(List<String[]> lines) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String[] values : lines) {
      text.append(TabLines.line(values)).append('\n');
    }
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /**
   * The values of the next line, at least one.
   *
   * @throws EOFException when the peer has gone, also in the middle of a line
   * @throws IOException also when a line is longer than {@link #MAX_LINE} bytes
   */
  public List<String> receive() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    while (true) {
      int begin = position;
      while (position < end && buffer[position] != '\n') {
        position++;
      }
      if (line.size() + position - begin > MAX_LINE) {
        throw new IOException("a line without end");
      }
      line.write(buffer, begin, position - begin);
      if (position < end) {
        position++;
        return TabLines.values(line.toString(StandardCharsets.UTF_8));
      }
      end = in.read(buffer);
      position = 0;
      if (end < 0) {
        end = 0;
        throw new EOFException("the peer has gone");
      }
    }
  }
}
