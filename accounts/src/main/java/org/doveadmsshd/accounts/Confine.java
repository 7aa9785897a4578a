package org.doveadmsshd.accounts;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whose mail a worker process sees while it works for one user, where its kernel can hide the rest
 * (the setting {@code confine}; docs/PRIVILEGES.md).
 */
public enum Confine {
  /** That user's. */
  USER,
  /** That of all users whom the process has at the time; they have one uid and gid. */
  SITE,
  /** Whatever the uid may read. */
  NO;

  /** The word for it in the configuration. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What the word means; empty for one that is none. */
  public static Optional<Confine> of(String word) {
    return Stream.of(values()).filter(each -> each.word().equals(word)).findFirst();
  }
}
