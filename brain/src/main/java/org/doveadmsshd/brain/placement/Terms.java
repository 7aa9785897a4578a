package org.doveadmsshd.brain.placement;

import java.util.Optional;

/** The terms of placements, as they are written: whole numbers from 0, which fit into 63 bits. */
final class Terms {
  private Terms() {}

  static Optional<Long> parse(String text) {
    if (text.isEmpty() || text.chars().anyMatch(c -> c < '0' || c > '9')) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
