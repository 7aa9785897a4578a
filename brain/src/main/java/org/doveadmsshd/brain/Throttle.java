package org.doveadmsshd.brain;

import java.util.Optional;
import org.doveadmsshd.base.Rate;

/**
 * Slows a run down at a server that is busier than {@code --max-load}, whoever makes it so.
 *
 * <p>The rule, applied each {@link MaxLoad#period}: above the limit a server begins fewer users
 * than it did, in the proportion of limit and load, but at least half as many; below {@value #LOW}
 * of the limit a quarter more; between them nothing changes, so that it comes to rest there. It
 * always begins one user in ten seconds: no run stops for ever. The limit is taken back when the
 * server could not begin half as many as it may. Used by one thread.
 */
final class Throttle {
  /** Below this part of the limit there is room for more. */
  static final double LOW = 0.8;

  private static final double LEAST_FACTOR = 0.5;
  private static final double MORE = 1.25;

  /** One user in ten seconds. */
  private static final double LEAST = 0.1;

  private final String server;
  private final MaxLoad limit;
  private final Pace pace;
  private final Rate most;
  private double rate = Double.POSITIVE_INFINITY;
  private boolean heard;

  /**
   * @param pace of the server; nobody is begun before its load has been heard
   */
  Throttle(String server, MaxLoad limit, Pace pace) {
    this.server = server;
    this.limit = limit;
    this.pace = pace;
    most = pace.rate();
    pace.hold();
  }

  /**
   * Takes a server's load.
   *
   * @param load in the measure of the limit
   * @param begun how many users a second were begun since the last time
   * @return what there is to say of a change, for people
   */
  Optional<String> take(double load, double begun) {
    double before = rate;
    if (!heard) {
      rate = load > limit.most() ? LEAST : Double.POSITIVE_INFINITY;
    } else if (load > limit.most()) {
      double factor = Math.max(LEAST_FACTOR, limit.most() / load);
      rate = Math.max(LEAST, Math.min(rate, Math.max(begun, LEAST)) * factor);
    } else if (load < LOW * limit.most() && rate < Double.POSITIVE_INFINITY) {
      boolean free = begun < rate / 2 && rate > 1;
      rate = free ? Double.POSITIVE_INFINITY : rate * MORE;
    }
    if (!heard || rate != before) {
      pace.set(new Rate(Math.min(rate, most.perSecond())));
    }
    heard = true;
    return change(before, load);
  }

  private Optional<String> change(double before, double load) {
    boolean was = before < Double.POSITIVE_INFINITY;
    boolean is = rate < Double.POSITIVE_INFINITY;
    if (was == is) {
      return Optional.empty();
    }
    String text = "Server %s: %s".formatted(server, limit.text(load));
    return Optional.of(
        is
            ? "%s is above --max-load; it begins %s".formatted(text, new Rate(rate).text())
            : text + "; it begins as many users as it can again");
  }

  /** What holds the run up here, for people; nothing while it begins as many as it can. */
  Optional<String> why() {
    return rate < Double.POSITIVE_INFINITY
        ? Optional.of("%s %s for its load".formatted(server, new Rate(rate).text()))
        : Optional.empty();
  }
}
