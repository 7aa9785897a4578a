package org.doveadmsshd.setup.plan;

import org.doveadmsshd.base.Printable;

/**
 * What became of a setting of Dovecot's.
 *
 * @param kind whether it is followed
 * @param setting its name in Dovecot
 * @param text for people: what it has become, or why it has become nothing
 */
public record Finding(Kind kind, String setting, String text) {
  private static final int LONGEST = 300;

  /** What that may be. */
  public enum Kind {
    /** It is followed. */
    TAKEN,
    /** It is not followed, and an administrator may miss it. */
    NOT_TAKEN,
    /** It would change what mail is found: without it nothing may be written. */
    NEEDED
  }

  /** Both texts become fit for a terminal. */
  public Finding {
    setting = Printable.line(setting, LONGEST);
    text = Printable.line(text, LONGEST);
  }
}
