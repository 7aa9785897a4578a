package org.doveadmsshd.brain;

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
import java.util.function.BiConsumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserMask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many of the users that a mask or a file means a run works on, counted beside the run for
 * whoever asks: the run itself names only as many as its servers have room for. Counted once, and
 * not before somebody asks. Safe for several threads.
 */
final class Census {
  private static final Logger LOG = LoggerFactory.getLogger(Census.class);

  private final Listing listing;
  private final Filter wanted;
  private final Executor executor;
  private final AtomicBoolean begun = new AtomicBoolean();

  /** Negative until all have been counted. */
  private volatile long counted = -1;

  /** Names users, from the first to the last. */
  @FunctionalInterface
  private interface Listing {
    void each(BiConsumer<String, String> taker) throws Failure, IOException;
  }

  /** Says whom a run works on. */
  @FunctionalInterface
  interface Filter {
    /**
     * Whether it works on a user.
     *
     * @param server that has listed him; empty for one who stands in a file
     */
    boolean has(String user, String server);
  }

  private Census(Listing listing, Filter wanted, Executor executor) {
    this.listing = listing;
    this.wanted = wanted;
    this.executor = executor;
  }

  /** Of those whom a run is for; nothing where they cannot be named twice. */
  static Optional<Census> of(
      UserSelection users, List<Server> servers, Filter wanted, Executor executor) {
    Optional<Listing> listing = users.pattern().map(mask -> taker -> list(mask, servers, taker));
    if (users.isAtHand()) {
      listing = users.file().map(file -> taker -> read(Path.of(file), taker));
    }
    return listing.map(each -> new Census(each, wanted, executor));
  }

  private static void list(UserMask mask, List<Server> servers, BiConsumer<String, String> taker)
      throws Failure {
    for (Server server : servers) {
      server.listUsers(mask, user -> taker.accept(user, server.name()));
    }
  }

  private static void read(Path file, BiConsumer<String, String> taker) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      NamesInFile names = new NamesInFile(in);
      for (String name; (name = names.next()) != null; ) {
        taker.accept(name, "");
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
      listing.each((user, server) -> users.addAndGet(wanted.has(user, server) ? 1 : 0));
      counted = users.get();
    } catch (Failure
        | IOException
        | RuntimeException e) { // the top of a task; the run's own list says why
      LOG.debug("Users cannot be counted", e);
    }
  }
}
