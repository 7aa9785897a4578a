package org.doveadmsshd.server.metrics;

import java.util.concurrent.atomic.LongAdder;

/** How often something took how long. Safe for several threads; noting takes no lock. */
final class Histogram {
  /** Upper bounds in microseconds: half a millisecond to ten minutes. */
  static final long[] BOUNDS = {
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000,
    60_000_000,
    300_000_000,
    600_000_000
  };

  private final LongAdder[] counts = new LongAdder[BOUNDS.length + 1];
  private final LongAdder micros = new LongAdder();

  Histogram() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  void note(long took) {
    int bucket = 0;
    while (bucket < BOUNDS.length && took > BOUNDS[bucket]) {
      bucket++;
    }
    counts[bucket].increment();
    micros.add(took);
  }

  /** How often, for each bound and beyond the last. */
  long[] counts() {
    long[] now = new long[counts.length];
    for (int i = 0; i < now.length; i++) {
      now[i] = counts[i].sum();
    }
    return now;
  }

  /** All of it together, in microseconds. */
  long micros() {
    return micros.sum();
  }
}
