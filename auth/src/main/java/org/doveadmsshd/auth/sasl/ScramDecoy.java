package org.doveadmsshd.auth.sasl;

import org.doveadmsshd.auth.scheme.ScramSecret;

/**
 * What an unknown user looks like to a client of SCRAM: like the user who was known last. Neither
 * time nor the number of rounds tells which users exist. Safe for several threads.
 */
public final class ScramDecoy {
  private volatile Shape shape = new Shape(ScramSecret.ROUNDS, ScramSecret.SALT, true);

  /**
   * The visible properties of a secret.
   *
   * @param salt its length
   * @param isComputed whether it is made of the password at each login
   */
  private record Shape(int rounds, int salt, boolean isComputed) {}

  /** Notes the shape of a known user's secret. */
  void known(ScramSecret secret, boolean isComputed) {
    shape = new Shape(secret.rounds(), secret.salt().length, isComputed);
  }

  /** The secret of an unknown user; no password fits it. */
  ScramSecret of(String mechanism, String user) {
    Shape current = shape;
    return ScramSecret.ofNobody(
        mechanism, user, current.rounds(), current.salt(), current.isComputed());
  }
}
