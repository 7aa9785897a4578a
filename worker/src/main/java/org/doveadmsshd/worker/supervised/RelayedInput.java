package org.doveadmsshd.worker.supervised;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.worker.FaultBarrier;
import org.doveadmsshd.worker.UserWork;

/** What an order reads, on its way to a worker process. One thread. */
final class RelayedInput {
  private final UserWork.Order order;
  private InputStream stream; // null before the first piece
  private byte[] buffer;
  private boolean ended;
  private Failure failure;

  RelayedInput(UserWork.Order order) {
    this.order = order;
  }

  /** Whether nothing more is to be sent, whatever is wanted. */
  boolean isOver() {
    return ended || failure != null;
  }

  /** Why it could not be read; null when it could. */
  Failure failure() {
    return failure;
  }

  /**
   * The next piece; if it cannot be read, a cancel instead. Its bytes are valid until the next
   * call.
   */
  Message next() throws IOException {
    buffer = buffer == null ? new byte[Limits.MAX_CHUNK] : buffer;
    int[] length = new int[1];
    FaultBarrier.run(order::text, order.control(), () -> false, () -> length[0] = read())
        .ifPresent(why -> failure = why);
    int id = order.request().requestId();
    if (failure != null) {
      return new Message.Cancel(id);
    }
    ended = length[0] < buffer.length;
    return new Message.Input(id, ended, ByteBuffer.wrap(buffer, 0, length[0]));
  }

  private int read() throws Failure, IOException {
    if (stream == null) {
      stream = order.input().open();
    }
    return stream.readNBytes(buffer, 0, buffer.length);
  }

  /** May be called more than once. */
  void close() throws IOException {
    if (stream != null) {
      stream.close();
      stream = null;
    }
  }
}
