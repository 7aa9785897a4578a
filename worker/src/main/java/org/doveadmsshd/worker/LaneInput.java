package org.doveadmsshd.worker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Life;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.storage.mime.BlockInputStream;

/**
 * The input of a request, sent by the peer of a lane. Pieces are asked for a few at a time, as many
 * as there is memory for. The working thread reads them; the transport's thread adds them.
 */
final class LaneInput extends BlockInputStream {
  private static final long PATIENCE_MILLIS = 100;

  private final int requestId;
  private final RequestControl control;
  private final MessageSink out;
  private final MemoryBudget.Share memory;

  // guarded by this
  private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>();
  private int wanted;

  /** Pieces that memory has been taken for: those that are wanted, and those that are here. */
  private int counted;

  private final Life<Phase> life = new Life<>(Phase.OPEN);

  /** What may still come, and whether it is read. */
  private enum Phase {
    OPEN,
    /** The peer sends nothing more. */
    CUT,
    /** The last piece is here. */
    WHOLE,
    /** Nothing is read any more. */
    CLOSED
  }

  LaneInput(int requestId, RequestControl control, MessageSink out, MemoryBudget.Share memory) {
    this.requestId = requestId;
    this.control = control;
    this.out = out;
    this.memory = memory;
  }

  /** Takes a piece from the peer. */
  synchronized void take(Message.Input input) throws ProtocolException {
    if (life.hasReached(Phase.CLOSED)) {
      return; // it was on its way when the command had read enough
    }
    if (wanted == 0 || life.hasReached(Phase.WHOLE)) {
      throw new ProtocolException("input for request " + requestId + " that was not wanted");
    }
    wanted--;
    if (input.last()) {
      life.moveTo(Phase.WHOLE);
    }
    ByteBuffer copy = ByteBuffer.allocate(input.data().remaining());
    pieces.add(copy.put(input.data().duplicate()).flip());
    notifyAll();
  }

  /** The peer will send no more input: a thread that waits for it fails. */
  synchronized void endOfLane() {
    life.moveTo(Phase.CUT);
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
          giveBack(1);
        }
        if (!pieces.isEmpty()) {
          return pieces.element();
        }
        if (life.hasReached(Phase.WHOLE)) {
          return null;
        }
        more = wanted == 0 ? pieces() : 0;
        wanted += more;
        counted += more;
      }
      if (more > 0) {
        out.send(new Message.Wanted(requestId, more));
        out.flush();
      }
      await();
    }
  }

  /** How many pieces there is memory for. One in any case, so that the command goes on. */
  private int pieces() {
    for (int pieces = Limits.MAX_WANTED; pieces > 1; pieces--) {
      if (memory.tryTake((long) pieces * Limits.MAX_CHUNK)) {
        return pieces;
      }
    }
    memory.force(Limits.MAX_CHUNK);
    return 1;
  }

  /** Called with the lock held. */
  private void giveBack(int pieces) {
    counted -= pieces;
    memory.give((long) pieces * Limits.MAX_CHUNK);
  }

  private synchronized void await() throws IOException {
    try {
      control.check();
      if (!pieces.isEmpty() || life.hasReached(Phase.WHOLE)) {
        return;
      }
      if (life.hasReached(Phase.CUT)) {
        throw new EOFException("the client has sent less than the command reads");
      }
      wait(PATIENCE_MILLIS);
    } catch (Failure e) {
      throw new InterruptedIOException(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped");
    }
  }

  /** Nothing is read any more; what still comes is not kept. */
  @Override
  public synchronized void close() {
    life.moveTo(Phase.CLOSED);
    pieces.clear();
    giveBack(counted);
  }
}
