package org.doveadmsshd.worker;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.storage.mime.BlockInputStream;

/**
 * What a request reads from the other end of a lane: pieces are asked for a few at a time. The
 * working thread reads; the transport's thread brings them.
 */
final class LaneInput extends BlockInputStream {
  private static final long PATIENCE_MILLIS = 100;

  private final int requestId;
  private final RequestControl control;
  private final MessageSink out;
  private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>();
  private int wanted;
  private boolean ended;

  LaneInput(int requestId, RequestControl control, MessageSink out) {
    this.requestId = requestId;
    this.control = control;
    this.out = out;
  }

  /** Takes a piece from the peer. */
  synchronized void take(Message.Input input) throws ProtocolException {
    if (wanted == 0 || ended) {
      throw new ProtocolException("input for request " + requestId + " that was not wanted");
    }
    wanted--;
    ended = input.last();
    ByteBuffer copy = ByteBuffer.allocate(input.data().remaining());
    pieces.add(copy.put(input.data().duplicate()).flip());
    notifyAll();
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    ByteBuffer piece = next();
    if (piece == null) {
      return -1;
    }
    int count = Math.min(length, piece.remaining());
    piece.get(target, offset, count);
    return count;
  }

  /** A piece with something left in it; null at the end. */
  private ByteBuffer next() throws IOException {
    while (true) {
      int more;
      synchronized (this) {
        while (!pieces.isEmpty() && !pieces.element().hasRemaining()) {
          pieces.remove();
        }
        if (!pieces.isEmpty()) {
          return pieces.element();
        }
        if (ended) {
          return null;
        }
        more = wanted == 0 ? Limits.MAX_WANTED : 0;
        wanted += more;
      }
      if (more > 0) {
        out.send(new Message.Wanted(requestId, more));
        out.flush();
      }
      await();
    }
  }

  private synchronized void await() throws IOException {
    try {
      control.check();
      if (pieces.isEmpty() && !ended) {
        wait(PATIENCE_MILLIS);
      }
    } catch (Failure e) {
      throw new InterruptedIOException(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped");
    }
  }
}
