package org.doveadmsshd.brain;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
 * How many users a mask or a file means, counted beside the run for whoever asks: the run itself
 * names only as many as its servers have room for. Counted once, and not before somebody asks. Safe
 * for several threads.
 */
final class Census {
  private static final Logger LOG = LoggerFactory.getLogger(Census.class);

  private final Listing listing;
  private final Executor executor;
  private final AtomicBoolean begun = new AtomicBoolean();

  /** Negative until all have been counted. */
  private volatile long counted = -1;

  /** Names users, from the first to the last. */
  @FunctionalInterface
  private interface Listing {
    void each(Runnable user) throws Failure, IOException;
  }

  private Census(Listing listing, Executor executor) {
    this.listing = listing;
    this.executor = executor;
  }

  /** Of those whom a run is for; nothing where they cannot be named twice. */
  static Optional<Census> of(UserSelection users, List<Server> servers, Executor executor) {
    Optional<Census> matching =
        users.pattern().map(mask -> new Census(one -> list(mask, servers, one), executor));
    return matching.isPresent()
        ? matching
        : users
            .file()
            .filter(file -> !file.equals(UserSelection.STANDARD_INPUT))
            .map(file -> new Census(one -> read(Path.of(file), one), executor));
  }

  private static void list(UserMask mask, List<Server> servers, Runnable one) throws Failure {
    for (Server server : servers) {
      server.listUsers(mask, user -> one.run());
    }
  }

  /** Counts lines that are not blank. */
  private static void read(Path file, Runnable one) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      boolean blank = true;
      for (int c; (c = in.read()) >= 0; ) {
        if (c == '\n') {
          blank = true;
        } else if (blank && !Character.isWhitespace(c)) {
          blank = false;
          one.run();
        }
      }
    }
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
      listing.each(users::incrementAndGet);
      counted = users.get();
    } catch (Failure
        | IOException
        | RuntimeException e) { // the top of a task; the run's own list says why
      LOG.debug("Users cannot be counted", e);
    }
  }
}
