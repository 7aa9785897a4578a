package org.doveadmsshd.protocol;

import java.util.Objects;

/**
 * One column of a command's output.
 *
 * @param key name in JSON; ASCII, never empty
 * @param title name in headings
 * @param flags a combination of {@link #HIDE_TITLE}, {@link #RIGHT}, {@link #NUMBER}, {@link
 *     #STREAMED} and {@link #CONTEXT}
 */
public record Column(String key, String title, int flags) {
  /** Formatters that print a title beside each value leave it out. */
  public static final int HIDE_TITLE = 1;

  /** Aligned to the right in tables. */
  public static final int RIGHT = 2;

  /** Every value is a decimal number. */
  public static final int NUMBER = 4;

  /** Values may be long and have line breaks: message bodies and headers. */
  public static final int STREAMED = 8;

  /** Added on request, for formats that name user and mailbox in every row. */
  public static final int CONTEXT = 16;

  public Column {
    Objects.requireNonNull(key);
    Objects.requireNonNull(title);
  }

  public Column(String key) {
    this(key, key, 0);
  }

  public Column(String key, int flags) {
    this(key, key, flags);
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
