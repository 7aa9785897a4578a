package org.doveadmsshd.brain;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.journal.UserEnd;

/** How users of a simulated run have ended. Safe for several threads. */
final class Ends implements RunListener {
  private final int canaries;
  private final IntConsumer counter;

  // guarded by this
  private final List<UserEnd> all = new ArrayList<>();

  private volatile Standing standing = new Standing(0, 0, 0);

  /**
   * What is known at some moment.
   *
   * @param canaries how many of them have ended
   * @param good how many of them were ok
   * @param failed how many users have failed
   */
  record Standing(int canaries, int good, int failed) {}

  /**
   * @param canaries how many users are
   * @param counter hears how many have ended, each time
   */
  Ends(int canaries, IntConsumer counter) {
    this.canaries = canaries;
    this.counter = counter;
  }

  @Override
  public void ended(UserEnd end) {
    int count;
    synchronized (this) {
      all.add(end);
      count = all.size();
      boolean isCanary = end.sequence() < canaries;
      standing =
          new Standing(
              standing.canaries + (isCanary ? 1 : 0),
              standing.good + (isCanary && end.outcome().isOk() ? 1 : 0),
              standing.failed + (isFailure(end.outcome()) ? 1 : 0));
    }
    counter.accept(count);
  }

  private static boolean isFailure(Outcome outcome) {
    return switch (outcome) {
      case OK, CANCELLED, NOT_BEGUN, NO_USER -> false;
      default -> true;
    };
  }

  synchronized List<UserEnd> all() {
    return List.copyOf(all);
  }

  Standing standing() {
    return standing;
  }
}
