package org.doveadmsshd.brain.placement;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/**
 * Spares a run the wait for a placement that does not answer: for some seconds after it has kept a
 * user waiting in vain, all others fail alike. Else a run over many users would wait for each.
 */
public final class SparingPlacement implements Placement {
  /** A failure that comes sooner costs nothing. */
  private static final long SLOW_NANOS = 500_000_000;

  private static final long ALIKE_NANOS = 5_000_000_000L;

  private final Placement placement;
  private final LongSupplier clock;
  private final AtomicReference<Refusal> last = new AtomicReference<>();

  /** A failure that was waited for, and when it came. */
  private record Refusal(Failure failure, long nanos) {}

  public SparingPlacement(Placement placement) {
    this(placement, System::nanoTime);
  }

  SparingPlacement(Placement placement, LongSupplier clock) {
    this.placement = placement;
    this.clock = clock;
  }

  @Override
  public Place of(String user) throws Failure {
    Refusal refusal = last.get();
    if (refusal != null && clock.getAsLong() - refusal.nanos() < ALIKE_NANOS) {
      throw refusal.failure();
    }
    long begun = clock.getAsLong();
    try {
      Place place = placement.of(user);
      last.set(null);
      return place;
    } catch (Failure e) {
      throw noted(e, clock.getAsLong() - begun);
    }
  }

  private Failure noted(Failure e, long took) {
    if (e.outcome() != Outcome.TEMPORARY_FAILURE) {
      return e;
    }
    Failure failure =
        Failure.temporary("It cannot be said where the user is: " + e.getMessage(), e.getCause());
    if (took > SLOW_NANOS) {
      last.set(new Refusal(failure, clock.getAsLong()));
    }
    return failure;
  }

  @Override
  public String driver() {
    return placement.driver();
  }

  @Override
  public boolean isExclusive() {
    return placement.isExclusive();
  }
}
