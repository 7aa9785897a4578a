package org.doveadmsshd.worker;

import java.time.Duration;

/** Delays logins on a lane, to slow down guessing. Safe for several threads. */
public interface LoginGuard {
  /** Delays nothing. */
  LoginGuard NONE =
      new LoginGuard() {
        @Override
        public Duration before() {
          return Duration.ZERO;
        }

        @Override
        public Duration failed() {
          return Duration.ZERO;
        }

        @Override
        public void succeeded() {
          // nothing was delayed
        }
      };

  /** How long an attempt waits before it is looked at. */
  Duration before();

  /** Notes a failure; returns how late it is to be answered. */
  Duration failed();

  /** Notes a login. */
  void succeeded();
}
