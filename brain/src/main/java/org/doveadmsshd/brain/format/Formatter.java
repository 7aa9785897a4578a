package org.doveadmsshd.brain.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/**
 * Prints rows. Used by one thread at a time; every value of a row is given in the order of the
 * columns, and a row ends with its last value.
 */
public abstract class Formatter {
  private final List<Column> columns;
  private final Sink sink;
  private int index;
  private boolean inChunks;

  /** Takes what is printed. */
  @FunctionalInterface
  public interface Sink {
    void write(byte[] bytes, int offset, int length) throws IOException;
  }

  protected Formatter(List<Column> columns, Sink sink) {
    this.columns = List.copyOf(columns);
    this.sink = sink;
  }

  /** Gives the next value. */
  public final void value(Value value) throws IOException {
    print(columns.get(index), value);
    next();
  }

  /** Gives a piece of the next value, which is too long to be given whole. */
  public final void chunk(ByteBuffer data, boolean last) throws IOException {
    chunk(columns.get(index), data, !inChunks, last);
    inChunks = !last;
    if (last) {
      next();
    }
  }

  private void next() {
    index = (index + 1) % columns.size();
  }

  /** The values of the row under way cannot be had; the next value begins a new row. */
  public final void abandonRow() throws IOException {
    while (index > 0 || inChunks) {
      if (inChunks) {
        chunk(ByteBuffer.allocate(0), true);
      } else {
        value(Value.ABSENT);
      }
    }
  }

  /** Prints what comes before the first row, even when there is none. */
  public void begin() throws IOException {}

  /** Prints what comes after the last row. */
  public void end() throws IOException {}

  /** Prints a value in its column. */
  protected abstract void print(Column column, Value value) throws IOException;

  /** Prints a piece of a value in its column. */
  protected abstract void chunk(Column column, ByteBuffer data, boolean first, boolean last)
      throws IOException;

  protected final List<Column> columns() {
    return columns;
  }

  protected final boolean isFirstColumn() {
    return index == 0;
  }

  protected final boolean isLastColumn() {
    return index == columns.size() - 1;
  }

  protected final void write(byte[] bytes) throws IOException {
    sink.write(bytes, 0, bytes.length);
  }

  protected final void write(String text) throws IOException {
    write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Writes what is left in a buffer that has an array. */
  protected final void write(ByteBuffer data) throws IOException {
    sink.write(data.array(), data.arrayOffset() + data.position(), data.remaining());
  }
}
