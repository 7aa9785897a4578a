package org.doveadmsshd.protocol;

import java.nio.charset.StandardCharsets;

/**
 * One value of a row: its bytes, or the promise of CHUNKs, or nothing because it could not be had.
 */
public final class Value {
  /** The value could not be determined; a LOG line says why. */
  public static final Value ABSENT = new Value(new byte[0]);

  /** The value follows in CHUNK messages. */
  public static final Value CHUNKED = new Value(new byte[0]);

  private static final Value EMPTY = new Value(new byte[0]);

  private final byte[] bytes;

  private Value(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A value of these bytes, at most {@link Limits#MAX_INLINE_VALUE}; the array is not copied. */
  public static Value of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Value(bytes);
  }

  public static Value of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  public static Value of(long number) {
    return of(Long.toString(number));
  }

  /** The bytes, as stored; not to be changed. Empty for {@link #ABSENT} and {@link #CHUNKED}. */
  public byte[] bytes() {
    return bytes;
  }

  /** The bytes read as UTF-8, malformed ones replaced by U+FFFD. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    if (this == ABSENT || this == CHUNKED || other == ABSENT || other == CHUNKED) {
      return this == other;
    }
    return other instanceof Value && java.util.Arrays.equals(bytes, ((Value) other).bytes);
  }

  @Override
  public int hashCode() {
    return java.util.Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return this == ABSENT ? "(absent)" : this == CHUNKED ? "(chunked)" : text();
  }
}
