package org.doveadmsshd.process;

import java.io.IOException;
import java.io.OutputStream;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.protocol.FrameReader;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.worker.LanePeer;
import org.doveadmsshd.worker.LaneSession;
import org.doveadmsshd.worker.Worker;
import org.doveadmsshd.worker.Workers;

/**
 * The connections of the server to this process, one after another; on each one user after another.
 */
final class Lanes {
  static final String SOFTWARE = "doveadm-worker";
  private static final int BUFFER = 16 * 1024;

  private final LaneSocket listening;
  private final Worker worker;
  private final MemoryBudget budget;
  private final int peer;
  private volatile Thread working = new Thread(); // the last that was started

  /**
   * @param peer uid that may connect, besides root
   */
  Lanes(LaneSocket listening, Worker worker, MemoryBudget budget, int peer) {
    this.budget = budget;
    this.listening = listening;
    this.worker = worker;
    this.peer = peer;
  }

  /** Serves until the process ends. */
  void serve() throws IOException {
    while (true) {
      try (LaneSocket.Connection connection = listening.accept()) {
        int uid = connection.peer();
        if (uid == peer || uid == 0) {
          serve(connection);
        }
      }
    }
  }

  private void serve(LaneSocket.Connection connection) {
    OutputStream out = ChannelStreams.out(connection);
    FrameWriter writer = new FrameWriter(out::write, out::flush);
    LanePeer server = LanePeer.server();
    MemoryBudget.Share memory = budget.all().share(budget.all().most());
    LaneSession.Transport transport =
        new LaneSession.Transport(writer, connection::hangUp, memory, true);
    LaneSession lane =
        new LaneSession(
            Workers.always(worker), Masters.NONE, server, this::start, transport, SOFTWARE);
    lane.start();
    FrameReader reader = new FrameReader(connection, BUFFER);
    try {
      while (reader.read(lane::receive)) {
        // one read after another
      }
    } catch (ProtocolException e) {
      lane.fault(e.getMessage());
    } catch (IOException e) {
      // the server has given up; that is no different from its end
    }
    lane.closed();
    awaitEnd();
    memory.close();
  }

  /** A thread for requests until there are none; it is not confined. */
  private void start(Runnable work) {
    Thread thread = new Thread(work, "requests");
    thread.setDaemon(true);
    working = thread;
    thread.start();
  }

  /** Waits until work on the last requests has ended. */
  void awaitEnd() {
    try {
      working.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }
}
