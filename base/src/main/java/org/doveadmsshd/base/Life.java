package org.doveadmsshd.base;

import java.util.Objects;

/**
 * How far something has come that lives once: a lane, a command, its input. Its phases are the
 * constants of an enum, in their order. It may skip phases, and it never goes back: whoever comes
 * too late to move it changes nothing, and is told so. Safe for several threads.
 *
 * @param <P> its phases; the last one is its end
 */
public final class Life<P extends Enum<P>> {
  private volatile P phase; // written with the lock held

  /** It begins. */
  public Life(P first) {
    phase = Objects.requireNonNull(first);
  }

  public P phase() {
    return phase;
  }

  /** Whether it has come to a phase, or further. */
  public boolean hasReached(P other) {
    return phase.compareTo(other) >= 0;
  }

  /** Moves on; false when it is in that phase, or further, already. Nothing happens then. */
  public synchronized boolean moveTo(P next) {
    boolean moves = phase.compareTo(next) < 0;
    if (moves) {
      phase = next;
    }
    return moves;
  }

  /** For logs. */
  @Override
  public String toString() {
    return phase.toString();
  }
}
