package org.doveadmsshd.supervisor;

import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;

/**
 * The pools of worker processes, one for each service of the settings. Which services there are
 * does not change.
 */
final class Services {
  private static final int SHOWN = 60;

  private final Map<String, WorkerPool> pools;

  /**
   * @param pools by service
   */
  Services(Map<String, WorkerPool> pools) {
    this.pools = Map.copyOf(pools);
  }

  /** Whether a user of the system may ask for anything. */
  boolean serve(String peer) {
    return pools.values().stream().anyMatch(pool -> pool.serves(peer));
  }

  /**
   * The pool of a service.
   *
   * @param peer the user of the system who asks for one of its processes
   * @throws Failure when there is no such service, or it is not for that user
   */
  WorkerPool pool(String service, String peer) throws Failure {
    WorkerPool pool = pools.get(service);
    if (pool == null) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "The supervisor has no service %s, only: %s"
              .formatted(
                  Printable.line(service, SHOWN),
                  String.join(", ", new TreeSet<>(pools.keySet()))));
    }
    if (!pool.serves(peer)) {
      throw new Failure(
          Outcome.NO_PERMISSION,
          "Workers of the service %s are not for %s (service %s { user })"
              .formatted(service, peer, service));
    }
    return pool;
  }

  void start() {
    pools.values().forEach(WorkerPool::start);
  }

  /**
   * Goes by another configuration from now on.
   *
   * @param policies one for each service
   */
  void use(Map<String, WorkerPool.Policy> policies) {
    pools.forEach((service, pool) -> pool.use(policies.get(service)));
  }

  /** Ends all processes; those that are busy may go on for a while, which is the same for all. */
  void stop(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    pools.values().forEach(WorkerPool::beginStop);
    for (WorkerPool pool : pools.values()) {
      pool.stop(end);
    }
  }
}
