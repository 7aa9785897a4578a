package org.doveadmsshd.brain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of a run who wait for each server, and the servers' work on them. A server is first
 * asked to work when the first user is meant for it. Safe for several threads.
 */
final class ServerQueues {
  private static final Logger LOG = LoggerFactory.getLogger(ServerQueues.class);

  /** The part of a run's memory for users who wait for one server while others go on. */
  private static final double STORE = 0.25;

  private final Map<Server, UserQueue> queues = new HashMap<>();
  private final Map<Server, LoadWatch> watches = new HashMap<>(); // with a limit of load only
  private final Set<Server> working = ConcurrentHashMap.newKeySet();
  private final Executor executor;
  private final Pace pace;
  private final int lanes;
  private final Listener listener;

  /** Hears how the servers' work goes. */
  interface Listener {
    /** The server works on no more users; those who wait for it are still in its queue. */
    void unavailable(Server server, UserQueue queue, Failure why);

    /** A server has something to say that is about no user. */
    void said(String what);
  }

  /**
   * Makes an empty queue for each server.
   *
   * @param reporter says what a server's load does to the run
   * @param memory of the run
   * @param isOver whether the run has ended
   */
  ServerQueues(
      List<Server> servers,
      Invocation invocation,
      Reporter reporter,
      MemoryBudget.Share memory,
      Executor executor,
      BooleanSupplier isOver,
      Listener listener) {
    this.executor = executor;
    this.listener = listener;
    lanes = invocation.users().isSeveral() ? invocation.lanes() : 1;
    Flow flow = invocation.flow();
    pace = new Pace(flow.maxRate());
    for (Server server : servers) {
      Pace own = new Pace(server.maxRate());
      queues.put(server, new UserQueue(pace, own, executor, flow.ordered()));
      flow.maxLoad()
          .ifPresent(
              most -> watches.put(server, new LoadWatch(server, most, own, reporter, isOver)));
    }
    if (servers.size() > 1) {
      MemoryBudget.Share store = memory.part(STORE);
      queues.values().forEach(queue -> queue.storeBeyond(store));
    }
  }

  Set<Server> servers() {
    return queues.keySet();
  }

  /** How many users may begin. */
  Pace pace() {
    return pace;
  }

  /** As {@link UserQueue#put}. */
  boolean put(Assignment assignment) throws InterruptedException {
    start(assignment.server());
    return queues.get(assignment.server()).put(assignment);
  }

  /** As {@link UserQueue#add}. */
  boolean add(Assignment assignment) {
    start(assignment.server());
    return queues.get(assignment.server()).add(assignment);
  }

  private void start(Server server) {
    if (working.add(server)) {
      UserQueue queue = queues.get(server);
      executor.execute(() -> work(server, queue));
      if (watches.containsKey(server)) {
        executor.execute(
            () -> watches.get(server).run(e -> listener.unavailable(server, queue, e)));
      }
    }
  }

  private void work(Server server, UserQueue queue) {
    try {
      server.tellTo(listener::said);
      server.work(queue, lanes);
    } catch (Failure e) {
      listener.unavailable(server, queue, e);
    } catch (Throwable e) { // the top of a thread: else the run would wait for ever
      LOG.error("Work on server {} failed by a fault of the program", server.name(), e);
      listener.unavailable(
          server, queue, Failure.temporary("Server " + server.name() + ": a fault", e));
    }
  }

  boolean isWorking(Server server) {
    return working.contains(server);
  }

  /** As {@link UserQueue#takeAll}. */
  List<Assignment> takeAll(Server server) {
    return queues.get(server).takeAll();
  }

  /** As {@link UserQueue#stop}, of all. */
  List<Assignment> stop() {
    List<Assignment> waiting = new ArrayList<>();
    queues.values().forEach(queue -> waiting.addAll(queue.stop()));
    return waiting;
  }

  /** Stops what is under way on any server, also on one that only lists users. */
  void cancel() {
    queues.keySet().forEach(Server::cancel);
  }

  /** As {@link UserQueue#close}, of all. */
  void close() {
    queues.values().forEach(UserQueue::close);
  }

  /** Ends lanes that are still there, without waiting for them. */
  void abandon() {
    close();
    queues.keySet().forEach(Server::abandon);
  }
}
