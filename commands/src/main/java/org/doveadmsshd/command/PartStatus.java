package org.doveadmsshd.command;

import java.util.Locale;

/**
 * How a part of a server is.
 *
 * @param part such as {@code userdb sql}; no two have the same name
 * @param text what there is to know of it, in a line for administrators
 */
public record PartStatus(String part, State state, String text) {
  /** How well it is. */
  public enum State {
    OK,
    /** It works, and somebody should look after it. */
    WARNING,
    /** It does not work: whoever needs it fails. */
    FAILED;

    /** As it is shown. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A part that works. */
  public static PartStatus ok(String part, String text) {
    return new PartStatus(part, State.OK, text);
  }

  /** A part that does not work unless it does. */
  public static PartStatus failedUnless(boolean works, String part, String text) {
    return new PartStatus(part, works ? State.OK : State.FAILED, text);
  }

  /** A part that somebody should look after unless it is well. */
  public static PartStatus warningUnless(boolean well, String part, String text) {
    return new PartStatus(part, well ? State.OK : State.WARNING, text);
  }
}
