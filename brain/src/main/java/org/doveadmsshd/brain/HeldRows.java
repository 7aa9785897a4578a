package org.doveadmsshd.brain;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;

/**
 * Rows of one user that wait until the user is done: in memory that the run has for that, those
 * behind them in a file. For one thread at a time.
 */
final class HeldRows {
  /** Most bytes of rows that are kept in memory. */
  private static final int HELD = 256 * 1024;

  /** The least memory that is taken at once, so that not every row asks for some. */
  private static final int MEMORY_STEP = 8 * 1024;

  private final Dispatch dispatch;
  private ArrayDeque<Message> rows = new ArrayDeque<>();
  private int heldBytes;

  /** Rows behind those in memory; null for none. */
  private SpilledRows spilled;

  private int memoryTaken;

  /**
   * @param dispatch whose printer takes the rows in the end, and has the memory
   */
  HeldRows(Dispatch dispatch) {
    this.dispatch = dispatch;
  }

  /** Keeps a row, or a piece of one; false when there is no room for it in memory. */
  boolean add(Message message) {
    int size = size(message);
    boolean full = heldBytes + size > HELD;
    if (spilled != null || full || !takeMemory(heldBytes + size - memoryTaken)) {
      return false;
    }
    heldBytes += size;
    rows.add(copy(message));
    return true;
  }

  private boolean takeMemory(int missing) {
    int bytes = Math.max(missing, MEMORY_STEP);
    boolean enough = missing <= 0;
    if (!enough && dispatch.printer().memory().tryTake(bytes)) {
      memoryTaken += bytes;
      enough = true;
    }
    return enough;
  }

  /** Whether it is time to print, if that is possible: none is in a file yet, or too many are. */
  boolean isMuch() {
    return spilled == null || spilled.isMuch();
  }

  /** Keeps what there is no room for in memory. */
  void spill(Message message) throws IOException {
    if (spilled == null) {
      spilled = new SpilledRows();
    }
    spilled.add(message);
  }

  /** Prints all of them; the caller has the printer. */
  void printAs(String user) throws IOException {
    for (Message message; (message = rows.poll()) != null; ) {
      dispatch.printer().print(user, message);
    }
    if (spilled != null) {
      spilled.forEach(message -> dispatch.printer().print(user, message));
    }
    drop();
  }

  /** Leaves them to the printer, as those of a user who is done. */
  void finish(long sequence, String user) throws IOException {
    ArrayDeque<Message> all = rows;
    rows = new ArrayDeque<>(0);
    SpilledRows more = spilled;
    spilled = null;
    int memory = memoryTaken;
    memoryTaken = 0;
    dispatch.printer().finished(sequence, user, all, more, memory);
  }

  /** Forgets them. */
  void drop() {
    if (spilled != null) {
      spilled.close();
      spilled = null;
    }
    rows.clear();
    heldBytes = 0;
    dispatch.printer().memory().give(memoryTaken);
    memoryTaken = 0;
  }

  /** How many bytes of values there are in a row, or a piece of one. */
  static long bytes(Message message) {
    if (message instanceof Message.Chunk) {
      return ((Message.Chunk) message).data().remaining();
    }
    long bytes = 0;
    for (Value value : ((Message.Row) message).values()) {
      bytes += value.bytes().length;
    }
    return bytes;
  }

  /** About what it takes in memory. */
  private static int size(Message message) {
    if (message instanceof Message.Chunk) {
      return 64 + ((Message.Chunk) message).data().remaining();
    }
    int size = 64;
    for (Value value : ((Message.Row) message).values()) {
      size += 48 + value.bytes().length;
    }
    return size;
  }

  /** A chunk's bytes are the sender's; they are kept here beyond the call. */
  private static Message copy(Message message) {
    if (!(message instanceof Message.Chunk)) {
      return message;
    }
    Message.Chunk chunk = (Message.Chunk) message;
    ByteBuffer data = ByteBuffer.allocate(chunk.data().remaining());
    data.put(chunk.data().duplicate()).flip();
    return new Message.Chunk(chunk.requestId(), chunk.last(), data);
  }
}
