package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RemoteWindow;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.ChannelSession;
import org.doveadmsshd.base.MemoryBudget;

/**
 * What a command writes to its channel, unbuffered.
 *
 * <p>A thread that writes waits for the client's window, and for its socket, however large the
 * window is. So nothing but a few packets lies in memory for it. Safe for several threads.
 */
final class ChannelOutput {
  /** Most bytes of a packet; with what is around them MINA's buffer takes 32 KiB for it. */
  private static final int PACKET = 32 * 1024 - 128;

  private static final int AROUND = 64;
  private static final Duration SLICE = Duration.ofMillis(100);

  /** Long waits look less often: hundreds of clients may never read. */
  private static final Duration LONGEST_SLICE = Duration.ofSeconds(1);

  private final ChannelSession channel;
  private final CoalescingSession connection;
  private final Duration timeout;

  /** Held while a packet is sent: those of one channel go one after another. */
  private final Object turn;

  private volatile WaitListener waiting = WaitListener.UNKNOWN;
  private volatile Duration patience;

  /** Told when a thread has to wait for the client, and when it goes on. */
  interface WaitListener {
    void begins();

    void ends();

    /** For what need not be known. */
    WaitListener UNKNOWN =
        new WaitListener() {
          @Override
          public void begins() {}

          @Override
          public void ends() {}
        };
  }

  ChannelOutput(ChannelSession channel) {
    this(channel, new Object());
  }

  private ChannelOutput(ChannelSession channel, Object turn) {
    this.channel = channel;
    this.turn = turn;
    this.connection = CoalescingSession.of(channel.getSession());
    this.timeout = connection.writeTimeout();
  }

  /** The same channel for one of several commands, with a listener and a hurry of its own. */
  ChannelOutput forCommand() {
    return new ChannelOutput(channel, turn);
  }

  /** Sets the listener for waits of threads; called before the first write. */
  void toldTo(WaitListener listener) {
    waiting = listener;
  }

  /** Standard output, or standard error. */
  private final class Stream extends OutputStream {
    private final byte type;

    Stream(byte type) {
      this.type = type;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      send(type, bytes, offset, length);
    }
  }

  /** Standard output. */
  OutputStream out() {
    return new Stream(SshConstants.SSH_MSG_CHANNEL_DATA);
  }

  /** Standard error. */
  OutputStream error() {
    return new Stream(SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA);
  }

  /** Bounds each wait for the client from now on, because the command is to end. */
  void hurry(Duration longest) {
    patience = longest;
  }

  private void send(byte type, byte[] bytes, int offset, int length) throws IOException {
    synchronized (turn) {
      for (int sent = 0; sent < length; ) {
        int size = Math.min(length - sent, awaitRoom(Math.min(length - sent, PACKET)));
        sendPacket(type, bytes, offset + sent, size);
        sent += size;
      }
    }
  }

  private void sendPacket(byte type, byte[] bytes, int offset, int size) throws IOException {
    channel.getRemoteWindow().consume(size);
    Session session = channel.getSession();
    Buffer packet = session.createBuffer(type, size + AROUND);
    packet.putUInt(channel.getRecipient());
    if (type == SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA) {
      packet.putUInt(SshConstants.SSH_EXTENDED_DATA_STDERR);
    }
    packet.putBytes(bytes, offset, size);
    channel.writePacket(packet);
  }

  /** Waits until a packet can be sent; returns its size. */
  private int awaitRoom(int wanted) throws IOException {
    RemoteWindow window = channel.getRemoteWindow();
    if (!window.isOpen()) {
      throw new IOException("the client has gone");
    }
    MemoryBudget.Share memory = connection.output();
    boolean waits = window.getSize() == 0 || !memory.tryTake(wanted + AROUND);
    if (waits) {
      WaitListener listener = waiting;
      listener.begins();
      try {
        await(window, memory, wanted + AROUND);
      } finally {
        listener.ends();
      }
    }
    memory.give(wanted + AROUND); // the connection takes it with the packet
    return (int) Math.min(Math.min(wanted, window.getPacketSize()), window.getSize());
  }

  private void await(RemoteWindow window, MemoryBudget.Share memory, int bytes) throws IOException {
    long begun = System.nanoTime();
    boolean taken = window.getSize() > 0 && memory.tryTake(bytes);
    Duration slice = SLICE;
    while (!taken) {
      if (isTooLong(System.nanoTime() - begun)) {
        throw new IOException("the client does not read");
      }
      if (awaits(window, slice)) {
        taken = take(memory, bytes, slice);
      }
      Duration next = slice.multipliedBy(2);
      slice = next.compareTo(LONGEST_SLICE) < 0 ? next : LONGEST_SLICE;
      if (!window.isOpen()) {
        throw new IOException("the client has gone");
      }
    }
  }

  private boolean isTooLong(long nanos) {
    Duration hurry = patience;
    return hurry != null && nanos > hurry.toNanos()
        || !timeout.isZero() && nanos > timeout.toNanos();
  }

  /** Waits a moment for the client's window. */
  private static boolean awaits(RemoteWindow window, Duration slice) throws IOException {
    try {
      window.waitForSpace(slice);
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while writing");
    }
  }

  /** Waits a moment for memory. */
  private static boolean take(MemoryBudget.Share memory, int bytes, Duration slice)
      throws IOException {
    try {
      return memory.take(bytes, slice.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while writing");
    }
  }
}
