package org.doveadmsshd.brain;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserMask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many users a mask means, counted beside the run for whoever asks: the run itself names only
 * as many as its servers have room for. Counted once, and not before somebody asks. Safe for
 * several threads.
 */
final class Census {
  private static final Logger LOG = LoggerFactory.getLogger(Census.class);

  private final UserMask mask;
  private final List<Server> servers;
  private final Executor executor;
  private final AtomicBoolean begun = new AtomicBoolean();

  /** Negative until all have been counted. */
  private volatile long counted = -1;

  Census(UserMask mask, List<Server> servers, Executor executor) {
    this.mask = mask;
    this.servers = servers;
    this.executor = executor;
  }

  /** The number, if it is known already. Never waits. */
  OptionalLong users() {
    if (begun.compareAndSet(false, true)) {
      try {
        executor.execute(this::count);
      } catch (RejectedExecutionException e) {
        LOG.debug("Users are not counted by a server that is stopping", e);
      }
    }
    return counted < 0 ? OptionalLong.empty() : OptionalLong.of(counted);
  }

  private void count() {
    AtomicLong users = new AtomicLong();
    try {
      for (Server server : servers) {
        server.listUsers(mask, user -> users.incrementAndGet());
      }
      counted = users.get();
    } catch (Failure | RuntimeException e) { // the top of a task; the run's own list says why
      LOG.debug("Users cannot be counted", e);
    }
  }
}
