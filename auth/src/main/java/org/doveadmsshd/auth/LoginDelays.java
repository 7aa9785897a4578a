package org.doveadmsshd.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;

/**
 * Delays that slow down guessing. A failure is answered late. After several failures from one
 * address, its next attempt is looked at late, as with Dovecot. Safe for several threads.
 */
public final class LoginDelays {
  private static final Duration LONGEST = Duration.ofSeconds(15);
  private static final Duration FORGOTTEN = Duration.ofMinutes(5);
  private static final int MAX_ADDRESSES = 10_000;

  private final Duration failureDelay;
  private final Cache<String, Integer> failures;

  /**
   * @param failureDelay how late a failure is answered; zero for no delays at all
   */
  public LoginDelays(Duration failureDelay) {
    this(failureDelay, Ticker.systemTicker());
  }

  LoginDelays(Duration failureDelay, Ticker ticker) {
    this.failureDelay = failureDelay;
    this.failures =
        Caffeine.newBuilder()
            .executor(
                Runnable::run) // its pool would make threads with the rights of the calling thread
            .maximumSize(MAX_ADDRESSES)
            .expireAfterWrite(FORGOTTEN)
            .ticker(ticker)
            .build();
  }

  /** How long an attempt from an address waits before it is looked at. */
  public Duration before(String address) {
    Integer failed = failures.getIfPresent(Networks.of(address));
    if (failed == null || failureDelay.isZero()) {
      return Duration.ZERO;
    }
    Duration delay = Duration.ofSeconds(1L << Math.min(failed, 4));
    return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
  }

  /** Notes a failure; returns how late it is to be answered. */
  public Duration failed(String address) {
    failures.asMap().merge(Networks.of(address), 1, Integer::sum);
    return failureDelay;
  }

  /** Notes a login from there. */
  public void succeeded(String address) {
    failures.invalidate(Networks.of(address));
  }
}
