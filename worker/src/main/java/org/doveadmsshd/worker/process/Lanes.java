package org.doveadmsshd.worker.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;
import org.doveadmsshd.auth.Masters;
import org.doveadmsshd.auth.PassdbChain;
import org.doveadmsshd.protocol.ChannelStreams;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.worker.LaneSession;
import org.doveadmsshd.worker.Worker;

/**
 * The connections of the server to this process, one after another: each for one user, whose work
 * has threads of its own that end with it.
 */
final class Lanes {
  private static final String SOFTWARE = "doveadm-worker";
  private static final int BUFFER = 16 * 1024;

  private final ServerSocketChannel listening;
  private final Worker worker;
  private final String peer;
  private final Masters nobody = new Masters(Map.of(), new PassdbChain(List.of()), Set.of());

  /**
   * @param peer who may connect, besides root
   */
  Lanes(ServerSocketChannel listening, Worker worker, String peer) {
    this.listening = listening;
    this.worker = worker;
    this.peer = peer;
  }

  /** Serves until the process ends. */
  void serve() throws IOException {
    while (true) {
      try (SocketChannel channel = listening.accept()) {
        String user = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
        if (user.equals(peer) || user.equals("root")) {
          serve(channel);
        }
      }
    }
  }

  private void serve(SocketChannel channel) throws IOException {
    List<Thread> threads = new ArrayList<>(); // of the user, added to by one thread at a time
    OutputStream out = ChannelStreams.out(channel);
    FrameWriter writer = new FrameWriter(out::write, out::flush);
    LaneSession lane =
        new LaneSession(
            worker,
            nobody,
            LaneSession.Peer.server(),
            work -> start(work, threads),
            writer,
            () -> close(channel),
            SOFTWARE);
    lane.start();
    try {
      read(channel, lane);
    } catch (IOException e) {
      // the server has given up; that is no different from its end
    }
    lane.closed();
    for (Thread thread : copy(threads)) {
      join(thread);
    }
  }

  private static void start(Runnable work, List<Thread> threads) {
    Thread thread = new Thread(work, "user");
    thread.setDaemon(true);
    synchronized (threads) {
      threads.removeIf(each -> !each.isAlive());
      threads.add(thread);
      thread.start();
    }
  }

  private static List<Thread> copy(List<Thread> threads) {
    synchronized (threads) {
      return List.copyOf(threads);
    }
  }

  /** The next user is not served before the work of this one has ended. */
  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  private static void read(SocketChannel channel, LaneSession lane) throws IOException {
    FrameDecoder decoder = new FrameDecoder();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try {
      while (channel.read(buffer.clear()) >= 0) {
        decoder.feed(buffer.array(), 0, buffer.position(), lane::receive);
      }
    } catch (ProtocolException e) {
      lane.fault(e.getMessage());
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // it is of no further use in any case
    }
  }
}
