package org.doveadmsshd.brain;

import java.time.Duration;

/**
 * How long a run waits for workers that do not do what they should.
 *
 * @param grace how much longer than allowed for a user a worker may be silent
 * @param stop how long users under way may take to stop when the run is cancelled
 */
record Patience(Duration grace, Duration stop) {
  static final Patience STANDARD = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(2));
}
