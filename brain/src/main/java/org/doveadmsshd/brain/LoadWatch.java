package org.doveadmsshd.brain;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a server tell its load during a run, and slows the run down there. Used by one thread. */
final class LoadWatch {
  private static final Logger LOG = LoggerFactory.getLogger(LoadWatch.class);

  /** How often it is looked whether the run goes on. */
  private static final Duration LOOK = Duration.ofMillis(500);

  private static final double SECOND_NANOS = 1e9;

  private final Server server;
  private final MaxLoad limit;
  private final Pace pace;
  private final Throttle throttle;
  private final Reporter reporter;
  private final BooleanSupplier isOver;
  private boolean unknown;
  private long last = System.nanoTime();
  private long begun;
  private boolean heard;

  /**
   * @param pace of the server; nobody is begun there before its load is known
   * @param isOver whether the run has ended
   */
  LoadWatch(Server server, MaxLoad limit, Pace pace, Reporter reporter, BooleanSupplier isOver) {
    this.server = server;
    this.limit = limit;
    this.pace = pace;
    this.reporter = reporter;
    this.isOver = isOver;
    throttle = new Throttle(server.name(), limit, pace);
  }

  /**
   * Watches until the run is over.
   *
   * @param failed hears when the server does not report what the limit is about
   */
  void run(Consumer<Failure> failed) {
    try {
      watch();
    } catch (Failure e) {
      failed.accept(e);
    } catch (Throwable e) { // the top of a thread: else nobody would be begun there
      LOG.error("The load of {} cannot be watched by a fault of the program", server.name(), e);
      failed.accept(
          Failure.temporary("Server " + server.name() + ": its load cannot be watched", e));
    }
  }

  private void watch() throws Failure {
    server.watchLoad(this::take);
    if (unknown) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "Server %s does not report %s: its kernel does not know it"
              .formatted(server.name(), limit.isPressure() ? "pressure" : "its load"));
    }
  }

  private Duration take(Map<String, Long> figures) {
    OptionalDouble load = limit.of(figures);
    unknown = load.isEmpty();
    if (unknown || isOver.getAsBoolean()) {
      return Duration.ZERO;
    }
    long now = System.nanoTime();
    if (!heard || now - last >= limit.period().toNanos()) {
      say(
          throttle.take(
              load.getAsDouble(), (pace.begun() - begun) / ((now - last) / SECOND_NANOS)));
      last = now;
      begun = pace.begun();
      heard = true;
    }
    return LOOK;
  }

  private void say(Optional<String> change) {
    try {
      if (change.isPresent()) {
        reporter.log("", Message.Log.Level.INFO, change.get());
      }
      reporter.setHeld(server.name(), throttle.why());
    } catch (IOException e) {
      unknown = false; // who could be told has gone, and the run ends for that
    }
  }
}
