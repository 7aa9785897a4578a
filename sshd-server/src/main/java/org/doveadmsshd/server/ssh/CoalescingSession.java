package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import jdk.net.ExtendedSocketOptions;
import org.apache.sshd.common.PropertyResolver;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.future.DefaultCloseFuture;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.io.nio2.Nio2CompletionHandler;
import org.apache.sshd.common.io.nio2.Nio2DefaultIoWriteFuture;
import org.apache.sshd.common.io.nio2.Nio2Service;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.doveadmsshd.base.MemoryBudget;

/**
 * Writes small packets that wait for the socket together. The session of MINA SSHD makes one system
 * call for each packet and searches its whole queue after each, which many small packets do not
 * bear.
 *
 * <p>What waits counts in the connection's share of memory, and nothing more is read from a peer
 * that lets much wait: else the answers to its requests would fill the memory.
 */
final class CoalescingSession extends Nio2Session {
  /** Larger packets are not copied. */
  private static final int SMALL = 8 * 1024;

  /** Most bytes that are put together. */
  private static final int MERGED = 128 * 1024;

  /** Most bytes of commands' output that wait for the socket. */
  private static final int OUTPUT = 64 * 1024;

  /**
   * The peer is not read from while more waits than that, or than the second if memory is short.
   */
  private static final int MUCH = 256 * 1024;

  private static final int ENOUGH = 64 * 1024;

  /** It is read from again when no more than that waits. */
  private static final int LITTLE = 32 * 1024;

  private final Bounds bounds;
  private final MemoryBudget.Share memory;
  private final MemoryBudget.Share output;
  private final Object lock = new Object();

  // guarded by lock
  private long backlog;
  private boolean suspended;
  private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
  private boolean writing;
  private boolean closed;
  private DefaultCloseFuture drained;

  private record Pending(Buffer buffer, Nio2DefaultIoWriteFuture future) {
    int size() {
      return buffer.available();
    }
  }

  /**
   * Bounds of each connection.
   *
   * @param memory of all of them; each has a part of it
   * @param part most bytes that one may have of it
   * @param loginTimeout how long a peer that has not logged in may leave the socket full
   * @param writeTimeout how long one that has logged in may; zero for any time
   */
  record Bounds(
      MemoryBudget.Share memory,
      long part,
      Duration loginTimeout,
      Duration writeTimeout,
      Traffic traffic) {}

  /** Bytes of all connections since the start. */
  record Traffic(LongAdder received, LongAdder sent) {
    Traffic() {
      this(new LongAdder(), new LongAdder());
    }
  }

  CoalescingSession(
      Bounds bounds,
      Nio2Service service,
      PropertyResolver properties,
      IoHandler handler,
      AsynchronousSocketChannel socket,
      SocketAddress acceptance)
      throws IOException {
    super(service, properties, handler, socket, acceptance);
    this.bounds = bounds;
    memory =
        bounds.memory().share(bounds.part()).named("the connection from " + getRemoteAddress());
    output = memory.share(OUTPUT);
  }

  /** The session of MINA's transport below a connection. */
  static CoalescingSession of(Session session) {
    return (CoalescingSession) session.getIoSession();
  }

  /**
   * Acknowledges what has come at once, where the system can. A client's NEWKEYS is answered by
   * nothing; the client's TCP keeps its next packet back until NEWKEYS is acknowledged (RFC 896),
   * and ours would do that after 40 ms (RFC 1122 section 4.2.3.2).
   */
  void acknowledge() throws IOException {
    if (getSocket().supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK)) {
      getSocket().setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
    }
  }

  /** The connection's share of memory; closed with it. */
  MemoryBudget.Share memory() {
    return memory;
  }

  /** Draws what has been written and waits for the socket. */
  MemoryBudget.Share output() {
    return output;
  }

  /** How long output may wait for a peer that does not take it; zero for any time. */
  Duration writeTimeout() {
    return bounds.writeTimeout();
  }

  /** Whether anything waits for the socket. */
  boolean isIdle() {
    synchronized (lock) {
      return backlog == 0;
    }
  }

  @Override
  public IoWriteFuture writeBuffer(Buffer buffer) throws IOException {
    Nio2DefaultIoWriteFuture future = new Nio2DefaultIoWriteFuture(getRemoteAddress(), null, null);
    synchronized (lock) {
      if (closed) {
        future.setException(new IOException("the connection is closed"));
        return future;
      }
      Pending pending = new Pending(buffer, future);
      waiting.add(pending);
      count(pending.size());
      if (writing) {
        return future;
      }
      writing = true;
    }
    writeWaiting();
    return future;
  }

  /** Called with the lock held: counts bytes that wait, or (negative) wait no more. */
  private void count(long bytes) {
    backlog += bytes;
    if (bytes > 0) {
      output.force(bytes);
    }
    boolean much = backlog > MUCH || backlog > ENOUGH && memory.free() == 0;
    if (!suspended && much) {
      suspended = true;
      suspendRead();
    } else if (suspended && backlog <= LITTLE) {
      suspended = false;
      resumeRead();
    }
  }

  @Override
  protected void handleReadCycleCompletion(
      ByteBuffer buffer,
      Readable reader,
      Nio2CompletionHandler<Integer, Object> completion,
      Integer result,
      Object attachment) {
    bounds.traffic().received().add(Math.max(result, 0));
    super.handleReadCycleCompletion(buffer, reader, completion, result, attachment);
  }

  @Override
  protected void doWriteCycle(
      ByteBuffer buffer, Nio2CompletionHandler<Integer, Object> completion) {
    AbstractSession session = AbstractSession.getSession(this, true);
    boolean known = session != null && session.isAuthenticated();
    Duration timeout = known ? bounds.writeTimeout() : bounds.loginTimeout();
    getSocket().write(buffer, timeout.toMillis(), TimeUnit.MILLISECONDS, null, completion);
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
      int size = next.stream().mapToInt(Pending::size).sum();
      bounds.traffic().sent().add(size);
      IoWriteFuture written;
      try {
        written = super.writeBuffer(merge(next));
      } catch (IOException | RuntimeException e) {
        left(size);
        next.forEach(pending -> pending.future().setException(e));
        continue;
      }
      if (!written.isDone()) {
        written.addListener(
            result -> {
              left(size);
              finish(next, result);
              writeWaiting();
            });
        return;
      }
      left(size);
      finish(next, written);
    }
  }

  /** Counts bytes that have been written. */
  private void left(int bytes) {
    synchronized (lock) {
      count(-bytes);
    }
    output.give(bytes);
  }

  /** The packets to write next: one large one, or small ones up to the limit. */
  private List<Pending> take() {
    List<Pending> taken = new ArrayList<>();
    int size = 0;
    while (!waiting.isEmpty()) {
      int length = waiting.element().size();
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
    int size = packets.stream().mapToInt(Pending::size).sum();
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
    memory.close();
    super.doCloseImmediately();
  }
}
