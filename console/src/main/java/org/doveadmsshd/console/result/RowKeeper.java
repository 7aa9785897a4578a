package org.doveadmsshd.console.result;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.brain.format.Formatter;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/**
 * Passes values on to a formatter and keeps a copy of the rows. When there is no more room it keeps
 * none of them: some rows of a result, sorted or filtered, would be taken for all.
 *
 * <p>One thread at a time gives values; any thread may ask for the result.
 */
final class RowKeeper extends Formatter implements AutoCloseable {
  /** Most bytes of one result. */
  static final long MOST = 4 * 1024 * 1024;

  /** About what the JVM needs for a row, and for a value beside its bytes. */
  private static final int AROUND = 48;

  /** The least memory that is taken at once. */
  private static final int STEP = 16 * 1024;

  private final String name;
  private final Formatter next;
  private final MemoryBudget.Share memory;

  // guarded by this
  private final List<Value> row = new ArrayList<>();
  private ByteArrayOutputStream chunks = new ByteArrayOutputStream(0);
  private List<List<Value>> rows = new ArrayList<>();
  private long bytes;
  private long taken;
  private boolean full;

  /**
   * @param name of the formatter
   * @param memory draws the rows; it is closed with this
   */
  RowKeeper(String name, List<Column> columns, Formatter next, MemoryBudget.Share memory) {
    super(columns, (unused, offset, length) -> {}); // the next one prints
    this.name = name;
    this.next = next;
    this.memory = memory;
  }

  /** The rows so far; nothing if they were too many. */
  synchronized Optional<Result> result() {
    return full ? Optional.empty() : Optional.of(new Result(name, columns(), List.copyOf(rows)));
  }

  @Override
  public void begin() throws IOException {
    next.begin();
  }

  @Override
  public void end() throws IOException {
    next.end();
  }

  @Override
  protected void print(Column column, Value value) throws IOException {
    keep(value);
    next.value(value);
  }

  @Override
  protected void chunk(Column column, ByteBuffer data, boolean first, boolean last)
      throws IOException {
    keep(data, last);
    next.chunk(data, last);
  }

  private synchronized void keep(Value value) {
    if (hasRoom(value.bytes().length)) {
      add(value);
    }
  }

  private synchronized void keep(ByteBuffer data, boolean last) {
    if (hasRoom(data.remaining())) {
      chunks.write(data.array(), data.arrayOffset() + data.position(), data.remaining());
      if (last) {
        Value whole = Value.of(chunks.toByteArray());
        chunks = new ByteArrayOutputStream(0);
        add(whole);
      }
    }
  }

  /** Called with the lock held. */
  private void add(Value value) {
    row.add(value);
    if (isLastColumn()) {
      rows.add(List.copyOf(row));
      row.clear();
    }
  }

  /** Called with the lock held: takes memory for a value; gives all back when there is none. */
  private boolean hasRoom(int length) {
    if (full) {
      return false;
    }
    bytes += length + AROUND;
    long missing = bytes - taken;
    if (missing > 0) {
      long step = Math.max(missing, STEP);
      full = bytes > MOST || !memory.tryTake(step);
      taken += step;
    }
    if (full) {
      close();
    }
    return !full;
  }

  /** Forgets the rows, and keeps none that come later. */
  @Override
  public synchronized void close() {
    full = true;
    rows = List.of();
    row.clear();
    chunks = new ByteArrayOutputStream(0);
    memory.close();
  }
}
