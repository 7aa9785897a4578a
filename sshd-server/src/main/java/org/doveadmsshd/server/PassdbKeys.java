package org.doveadmsshd.server;

import java.io.Closeable;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.FaultLog;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.keys.AuthorizedKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the keys that passdbs have of masters, again and again: a login must not wait for a
 * database. What a passdb cannot say now is as it was before.
 */
final class PassdbKeys implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(PassdbKeys.class);
  private static final FaultLog FAULTS =
      (doing, thrown) -> LOG.error("{} failed by a fault of the program", doing, thrown);
  private static final String FIELD = "authorized_keys";
  private static final Duration PERIOD = Duration.ofSeconds(60);

  private final Masters masters;
  private final AuthorizedKeys keys;
  private final ScheduledExecutorService fetching =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "passdb-keys");
            thread.setDaemon(true);
            return thread;
          });
  private Map<String, List<String>> known = Map.of();
  private volatile boolean enabled;

  PassdbKeys(Masters masters, AuthorizedKeys keys) {
    this(masters, keys, PERIOD);
  }

  PassdbKeys(Masters masters, AuthorizedKeys keys, Duration period) {
    this.masters = masters;
    this.keys = keys;
    long millis = period.toMillis();
    fetching.scheduleWithFixedDelay(guarded(), millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Fetches at once, and from now on, or forgets all of them. */
  void enable(boolean wanted) {
    enabled = wanted;
    fetching.execute(guarded());
  }

  private Runnable guarded() {
    return FAULTS.guard("Fetching masters' keys", this::fetch);
  }

  private void fetch() {
    Map<String, List<String>> next = new HashMap<>();
    for (String name : enabled ? masters.names() : List.<String>of()) {
      try {
        Optional<String> lines = masters.field(name, FIELD);
        lines.ifPresent(text -> next.put(name, text.lines().toList()));
      } catch (Failure | RuntimeException e) { // the others are asked all the same
        LOG.warn(
            "Keys of {} cannot be fetched from the passdb, those known before stay: {}",
            name,
            Reason.full(e));
        next.put(name, known.getOrDefault(name, List.of()));
      }
    }
    if (!next.equals(known)) {
      known = Map.copyOf(next);
      keys.also(known);
    }
  }

  @Override
  public void close() {
    fetching.shutdownNow();
  }
}
