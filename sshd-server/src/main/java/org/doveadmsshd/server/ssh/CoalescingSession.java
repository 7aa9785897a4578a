package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.PropertyResolver;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.future.DefaultCloseFuture;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.io.nio2.Nio2DefaultIoWriteFuture;
import org.apache.sshd.common.io.nio2.Nio2Service;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * Writes small packets that wait for the socket together. The session of MINA SSHD makes one system
 * call for each packet and searches its whole queue after each, which many small packets do not
 * bear.
 */
final class CoalescingSession extends Nio2Session {
  /** Larger packets are not copied. */
  private static final int SMALL = 8 * 1024;

  /** Most bytes that are put together. */
  private static final int MERGED = 128 * 1024;

  private final Object lock = new Object();

  // guarded by lock
  private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
  private boolean writing;
  private boolean closed;
  private DefaultCloseFuture drained;

  private record Pending(Buffer buffer, Nio2DefaultIoWriteFuture future) {}

  CoalescingSession(
      Nio2Service service,
      PropertyResolver properties,
      IoHandler handler,
      AsynchronousSocketChannel socket,
      SocketAddress acceptance)
      throws IOException {
    super(service, properties, handler, socket, acceptance);
  }

  @Override
  public IoWriteFuture writeBuffer(Buffer buffer) throws IOException {
    Nio2DefaultIoWriteFuture future = new Nio2DefaultIoWriteFuture(getRemoteAddress(), null, null);
    synchronized (lock) {
      if (closed) {
        future.setException(new IOException("the connection is closed"));
        return future;
      }
      waiting.add(new Pending(buffer, future));
      if (writing) {
        return future;
      }
      writing = true;
    }
    writeWaiting();
    return future;
  }

  /** Writes until nothing waits or a write does not end at once; then its end continues here. */
  private void writeWaiting() {
    while (true) {
      List<Pending> next;
      synchronized (lock) {
        next = take();
        if (next.isEmpty()) {
          writing = false;
          if (drained != null) {
            drained.setClosed();
          }
          return;
        }
      }
      IoWriteFuture written;
      try {
        written = super.writeBuffer(merge(next));
      } catch (IOException | RuntimeException e) {
        next.forEach(pending -> pending.future().setException(e));
        continue;
      }
      if (!written.isDone()) {
        written.addListener(
            result -> {
              finish(next, result);
              writeWaiting();
            });
        return;
      }
      finish(next, written);
    }
  }

  /** The packets to write next: one large one, or small ones up to the limit. */
  private List<Pending> take() {
    List<Pending> taken = new ArrayList<>();
    int size = 0;
    while (!waiting.isEmpty()) {
      int length = waiting.element().buffer().available();
      boolean small = length < SMALL && size + length <= MERGED;
      if (!taken.isEmpty() && !small) {
        break;
      }
      taken.add(waiting.remove());
      size += length;
      if (length >= SMALL) {
        break;
      }
    }
    return taken;
  }

  private static Buffer merge(List<Pending> packets) {
    if (packets.size() == 1) {
      return packets.get(0).buffer();
    }
    int size = packets.stream().mapToInt(packet -> packet.buffer().available()).sum();
    Buffer merged = new ByteArrayBuffer(size, false);
    for (Pending packet : packets) {
      merged.putRawBytes(
          packet.buffer().array(), packet.buffer().rpos(), packet.buffer().available());
    }
    return merged;
  }

  private static void finish(List<Pending> packets, IoWriteFuture result) {
    for (Pending packet : packets) {
      if (result.isWritten()) {
        packet.future().setWritten();
      } else {
        packet.future().setException(result.getException());
      }
    }
  }

  /** First writes what waits, then closes. */
  @Override
  protected CloseFuture doCloseGracefully() {
    DefaultCloseFuture own = new DefaultCloseFuture(getRemoteAddress(), null);
    DefaultCloseFuture result = new DefaultCloseFuture(getRemoteAddress(), null);
    own.addListener(
        done -> {
          CloseFuture rest = super.doCloseGracefully();
          if (rest == null) {
            result.setClosed();
          } else {
            rest.addListener(end -> result.setClosed());
          }
        });
    boolean idle;
    synchronized (lock) {
      drained = own;
      idle = !writing;
    }
    if (idle) {
      own.setClosed();
    }
    return result;
  }

  @Override
  protected void doCloseImmediately() {
    List<Pending> left;
    synchronized (lock) {
      closed = true;
      left = List.copyOf(waiting);
      waiting.clear();
    }
    IOException gone = new IOException("the connection is closed");
    left.forEach(pending -> pending.future().setException(gone));
    super.doCloseImmediately();
  }
}
