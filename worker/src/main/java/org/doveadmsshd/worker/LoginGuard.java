package org.doveadmsshd.worker;

import java.time.Duration;

/** Has those wait who try passwords on a lane. Safe for several threads. */
public interface LoginGuard {
  /** Nobody waits. */
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
          // nobody has waited
        }
      };

  /** How long an attempt waits before it is looked at. */
  Duration before();

  /** Notes a failure; returns how late it is to be told. */
  Duration failed();

  /** Notes that he has shown who he is. */
  void succeeded();
}
