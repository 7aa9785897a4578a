package org.doveadmsshd.server.socket;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.server.ssh.Conversation;

/** A brain on the same machine. */
final class SocketPeer implements AutoCloseable {
  private static final long LONG_SECONDS = 30;

  private final SocketChannel channel;
  private final CountDownLatch ended = new CountDownLatch(1);
  final Conversation talk;

  SocketPeer(Path socket) throws IOException {
    this(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
  }

  SocketPeer(SocketChannel channel) {
    this.channel = channel;
    talk = new Conversation(ChannelStreams.out(channel));
    Thread reader = new Thread(this::read, "socket-peer");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    try {
      while (channel.read(buffer.clear()) >= 0) {
        talk.heard(buffer.array(), 0, buffer.position());
      }
    } catch (IOException e) {
      // closed by one side or the other
    } finally {
      ended.countDown();
    }
  }

  /** Says that nothing more will be said. */
  void endOfInput() throws IOException {
    channel.shutdownOutput();
  }

  /** Waits until the server has closed the connection. */
  void awaitEnd() throws InterruptedException {
    if (!ended.await(LONG_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the connection stays open");
    }
  }

  boolean hasEnded() {
    return ended.getCount() == 0;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
