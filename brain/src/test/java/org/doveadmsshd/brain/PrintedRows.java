package org.doveadmsshd.brain;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Reads what a simulated run prints, and remembers how its lines begin. */
final class PrintedRows extends OutputStream {
  private static final int REMEMBERED = 64;
  private static final long SLOW_NANOS = 1_000_000;

  private final Scenario.Reader reader;
  private final int most;

  // guarded by this
  private final List<Row> rows = new ArrayList<>();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long bytes;

  /**
   * A line.
   *
   * @param number of the row among those that the server has sent for the user, from 1; 0 of one
   *     that a server has made up that lies
   */
  record Row(String user, int number, String server) {
    /** The value that a server puts into it. */
    static String value(int number, String server, String filling) {
      return number + "-" + server + "-" + filling;
    }
  }

  /**
   * @param most bytes that are read by somebody who goes then
   */
  PrintedRows(Scenario.Reader reader, int most) {
    this.reader = reader;
    this.most = most;
  }

  @Override
  public void write(int b) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    if (reader == Scenario.Reader.IS_SLOW) {
      LockSupport.parkNanos(SLOW_NANOS);
    }
    read(from, offset, length);
  }

  private synchronized void read(byte[] from, int offset, int length) throws IOException {
    bytes += length;
    if (reader == Scenario.Reader.GOES && bytes > most) {
      throw new IOException("nobody reads any more");
    }
    int start = offset;
    for (int i = offset; i < offset + length; i++) {
      if (from[i] == '\n') {
        remember(from, start, i);
        rows.add(row(line.toString(StandardCharsets.UTF_8)));
        line.reset();
        start = i + 1;
      }
    }
    remember(from, start, offset + length);
  }

  private void remember(byte[] from, int start, int end) {
    line.write(from, start, Math.max(0, Math.min(end - start, REMEMBERED - line.size())));
  }

  private static Row row(String line) {
    String[] words = line.split("[ -]", 4);
    boolean isTrue = words[1].matches("[0-9]+");
    return new Row(words[0], isTrue ? Integer.parseInt(words[1]) : 0, isTrue ? words[2] : "");
  }

  synchronized List<Row> rows() {
    return List.copyOf(rows);
  }
}
