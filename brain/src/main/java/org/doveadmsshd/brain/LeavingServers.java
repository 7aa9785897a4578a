package org.doveadmsshd.brain;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/** Takes users from servers that a run does not use any more. Safe for several threads. */
final class LeavingServers {
  private final ServersInUse inUse;
  private final ServerQueues queues;
  private final Reporter reporter;
  private final Executor executor;
  private final Waiting waiting;

  /** Servers whose waiting users are being taken away. */
  private final Set<Server> leaving = ConcurrentHashMap.newKeySet();

  /** Decides about users who wait for a server that has been left. */
  interface Waiting {
    /**
     * Has a user go to his next server, or end.
     *
     * @param why nothing when the server is used again
     */
    void leaves(Assignment assignment, Optional<Failure> why) throws IOException;

    /** The output is gone. */
    void broken(IOException e);
  }

  LeavingServers(
      ServersInUse inUse,
      ServerQueues queues,
      Reporter reporter,
      Executor executor,
      Waiting waiting) {
    this.inUse = inUse;
    this.queues = queues;
    this.reporter = reporter;
    this.executor = executor;
    this.waiting = waiting;
  }

  /** Looks at all servers; stops work on those that are down. */
  void look() throws IOException {
    for (Server server : queues.servers()) {
      if (!inUse.has(server) && leaving.add(server)) {
        executor.execute(() -> leave(server));
      }
      if (inUse.leaves(server) && queues.isWorking(server)) {
        server.cancel();
        reporter.failed(
            Outcome.UNREACHABLE,
            server.state().explanation(server.name()) + "; what is under way there is stopped");
      }
    }
  }

  private void leave(Server server) {
    try {
      for (Assignment each : queues.takeAll(server)) {
        waiting.leaves(each, inUse.whyNot(List.of(server)));
      }
    } catch (IOException e) {
      waiting.broken(e);
    } finally {
      leaving.remove(server);
    }
  }
}
