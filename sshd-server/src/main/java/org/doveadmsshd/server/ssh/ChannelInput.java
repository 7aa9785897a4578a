package org.doveadmsshd.server.ssh;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import org.apache.sshd.common.channel.LocalWindow;
import org.apache.sshd.server.channel.ChannelDataReceiver;
import org.apache.sshd.server.channel.ChannelSession;
import org.doveadmsshd.base.MemoryBudget;

/**
 * Standard input of a command. The client may send nothing before the command reads, and then as
 * much as there is memory for. Read by one thread.
 */
final class ChannelInput extends InputStream implements ChannelDataReceiver {
  /** The client's window, and the smaller one while memory is short. */
  private static final int WINDOW = 256 * 1024;

  private static final int SMALL_WINDOW = 48 * 1024;
  private static final int PIECE = 4 * 1024;
  private static final long SLICE_MILLIS = 500;

  private final ChannelSession channel;
  private final MemoryBudget.Share memory;
  private final Duration timeout;
  private ChannelOutput.WaitListener waiting = ChannelOutput.WaitListener.UNKNOWN;
  private boolean opened;

  // guarded by this
  private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>();
  private boolean ended;
  private String stopped;

  /**
   * @param timeout how long a command waits for the client; zero for any time
   */
  ChannelInput(ChannelSession channel, Duration timeout) {
    this.channel = channel;
    this.timeout = timeout;
    this.memory = CoalescingSession.of(channel.getSession()).memory().share(2 * WINDOW);
  }

  /** Why a command does not go on, in words for the client. */
  static final class StoppedException extends IOException {
    StoppedException(String message) {
      super(message);
    }
  }

  /** Sets the listener for waits of the command; called before it reads. */
  void toldTo(ChannelOutput.WaitListener listener) {
    waiting = listener;
  }

  @Override
  public synchronized int data(ChannelSession from, byte[] bytes, int offset, int length) {
    if (!ended && length > 0) {
      ByteBuffer last = pieces.peekLast();
      if (last == null || last.capacity() - last.limit() < length) {
        last = ByteBuffer.allocate(Math.max(length, PIECE)).limit(0); // small packets lie together
        pieces.add(last);
      }
      int end = last.limit();
      last.limit(end + length).put(end, bytes, offset, length);
      notifyAll();
    }
    return 0; // the window is opened when bytes have been read
  }

  /** The client sends nothing more, or has gone. */
  @Override
  public synchronized void close() {
    ended = true;
    notifyAll();
  }

  /** Forgets what has come: the command reads no more. */
  synchronized void destroy() {
    pieces.clear();
    memory.close();
  }

  /** Makes the command's next read fail with that reason. */
  synchronized void stop(String why) {
    stopped = stopped == null ? why : stopped;
    notifyAll();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    open();
    int got = take(target, offset, length);
    if (got == 0) {
      waiting.begins();
      try {
        await();
      } finally {
        waiting.ends();
      }
      got = take(target, offset, length);
    }
    LocalWindow window = channel.getLocalWindow();
    if (got > 0 && window.isOpen()) {
      window.release(got);
    }
    return got;
  }

  /** Lets the client send. */
  private void open() throws IOException {
    if (!opened) {
      opened = true;
      boolean large = memory.tryTake(WINDOW);
      if (!large && !memory.tryTake(SMALL_WINDOW)) {
        throw new IOException("the client has gone");
      }
      channel.getLocalWindow().release(large ? WINDOW : SMALL_WINDOW);
    }
  }

  /** Takes what is there; 0 when nothing is, -1 at the end. */
  private synchronized int take(byte[] target, int offset, int length) throws IOException {
    if (stopped != null) {
      throw new StoppedException(stopped);
    }
    int got = 0;
    while (got < length && !pieces.isEmpty()) {
      ByteBuffer piece = pieces.element();
      int count = Math.min(length - got, piece.remaining());
      piece.get(target, offset + got, count);
      got += count;
      if (!piece.hasRemaining()) {
        pieces.remove();
      }
    }
    if (got > 0 || !ended) {
      return got;
    }
    if (!channel.isEofSignalled()) {
      throw new EOFException("the client has gone before the end of its input");
    }
    return -1;
  }

  private synchronized void await() throws IOException {
    long begun = System.nanoTime();
    try {
      while (pieces.isEmpty() && !ended && stopped == null) {
        if (!timeout.isZero() && System.nanoTime() - begun > timeout.toNanos()) {
          throw new StoppedException(
              "Nothing came on standard input for "
                  + timeout.toSeconds()
                  + " s (input_timeout); send it again");
        }
        wait(timeout.isZero() ? 0 : Math.min(SLICE_MILLIS, timeout.toMillis() + 1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while reading");
    }
  }
}
