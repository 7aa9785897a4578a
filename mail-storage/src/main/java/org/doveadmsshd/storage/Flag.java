package org.doveadmsshd.storage;

import java.util.Locale;

/** The system flags (RFC 3501 section 2.3.2), in the order in which Dovecot prints them. */
public enum Flag {
  ANSWERED("\\Answered"),
  FLAGGED("\\Flagged"),
  DELETED("\\Deleted"),
  SEEN("\\Seen"),
  DRAFT("\\Draft"),
  RECENT("\\Recent");

  private final String text;

  Flag(String text) {
    this.text = text;
  }

  /** With its backslash. */
  public String text() {
    return text;
  }

  /** As the search key is spelled. */
  public String key() {
    return name().toUpperCase(Locale.ROOT);
  }

  int bit() {
    return 1 << ordinal();
  }
}
