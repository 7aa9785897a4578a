package org.doveadmsshd.brain.remote;

import java.time.Duration;

/**
 * What a run bears from a server.
 *
 * @param silence how long it may say nothing while something is waited for
 * @param absence how long it may be away, once it has been there
 */
public record Tolerance(Duration silence, Duration absence) {
  public static final Tolerance STANDARD =
      new Tolerance(Duration.ofSeconds(30), Duration.ofSeconds(60));
}
