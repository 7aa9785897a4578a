package org.doveadmsshd.brain;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.doveadmsshd.brain.format.Formatter;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;

/**
 * The output of a run. One assignment at a time prints: it {@linkplain #acquire acquires} the
 * printer, prints rows of one user, and releases it.
 */
final class Printer {
  private static final int BUFFER = 64 * 1024;

  private final Semaphore turn = new Semaphore(1, true);
  private final OutputStream out;
  private final Formatter formatter;
  private final boolean namesUser;
  private final byte[] buffer = new byte[BUFFER];
  private int length;

  /**
   * @param namesUser whether the first column is the user, whom workers do not print
   */
  Printer(
      OutputStream out,
      String formatter,
      List<Column> columns,
      boolean namesUser,
      boolean titles,
      int width)
      throws Failure, IOException {
    this.out = out;
    this.namesUser = namesUser;
    this.formatter =
        columns.isEmpty()
            ? null
            : Formatters.of(formatter, columns, this::write, titles, width);
    if (this.formatter != null) {
      this.formatter.begin();
    }
  }

  void acquire() throws InterruptedException {
    turn.acquire();
  }

  void release() {
    turn.release();
  }

  /** Prints a ROW or a CHUNK; by who has acquired the printer. */
  void print(String user, Message message) throws IOException {
    if (formatter == null) {
      return;
    }
    if (message instanceof Message.Row) {
      printRow(user, ((Message.Row) message).values());
    } else {
      Message.Chunk chunk = (Message.Chunk) message;
      formatter.chunk(chunk.data(), chunk.last());
      if (chunk.last()) {
        printUntilChunked();
      }
    }
  }

  private List<Value> row = List.of();
  private int next;

  private void printRow(String user, List<Value> values) throws IOException {
    if (namesUser) {
      formatter.value(Value.of(user));
    }
    row = values;
    next = 0;
    printUntilChunked();
  }

  /** Prints values of the row up to the next one that comes in chunks. */
  private void printUntilChunked() throws IOException {
    for (; next < row.size(); next++) {
      if (row.get(next) == Value.CHUNKED) {
        next++;
        return;
      }
      formatter.value(row.get(next));
    }
  }

  /** A user's rows are over; a row that was not finished is closed off. */
  void endOfUser() throws IOException {
    if (formatter != null) {
      formatter.abandonRow();
    }
  }

  /** Ends the output. */
  void end() throws IOException {
    turn.acquireUninterruptibly();
    try {
      if (formatter != null) {
        formatter.end();
      }
      flush();
    } finally {
      turn.release();
    }
  }

  /** Passes on what has gathered, unless somebody is printing: then it comes along anyway. */
  void flushIfIdle() throws IOException {
    if (turn.tryAcquire()) {
      try {
        flush();
      } finally {
        turn.release();
      }
    }
  }

  private void write(byte[] bytes, int offset, int count) throws IOException {
    if (count > BUFFER - length) {
      flush();
    }
    if (count >= BUFFER) {
      out.write(bytes, offset, count);
    } else {
      System.arraycopy(bytes, offset, buffer, length, count);
      length += count;
    }
  }

  private void flush() throws IOException {
    if (length > 0) {
      int count = length;
      length = 0;
      out.write(buffer, 0, count);
    }
    out.flush();
  }
}
