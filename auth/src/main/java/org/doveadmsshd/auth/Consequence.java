package org.doveadmsshd.auth;

import java.util.Locale;
import java.util.Optional;

/**
 * The consequence of an answer of one of several passdbs or userdbs, as in Dovecot's settings
 * {@code result_success}, {@code result_failure} and {@code result_internalfail}.
 */
public enum Consequence {
  /** The result is success, and no further one is asked. */
  RETURN_OK,
  /** The result stays as it is, and no further one is asked. */
  RETURN,
  /** The result is failure, and no further one is asked. */
  RETURN_FAIL,
  /** The result stays as it is, and the next one is asked. */
  CONTINUE,
  /** It is a success unless the next one says otherwise. */
  CONTINUE_OK,
  /** It is a failure unless the next one says otherwise. */
  CONTINUE_FAIL;

  /** As it is written in a configuration: {@code return-ok}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads what {@link #text} writes. */
  public static Optional<Consequence> of(String text) {
    for (Consequence consequence : values()) {
      if (consequence.text().equals(text)) {
        return Optional.of(consequence);
      }
    }
    return Optional.empty();
  }

  boolean ends() {
    return this == RETURN_OK || this == RETURN || this == RETURN_FAIL;
  }

  /** The result from now on. */
  boolean applied(boolean success) {
    return switch (this) {
      case RETURN_OK, CONTINUE_OK -> true;
      case RETURN_FAIL, CONTINUE_FAIL -> false;
      case RETURN, CONTINUE -> success;
    };
  }
}
