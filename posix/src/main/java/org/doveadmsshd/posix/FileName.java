package org.doveadmsshd.posix;

import java.nio.charset.StandardCharsets;
import org.doveadmsshd.base.Printable;

/** Between file names as they are on disk (one char a byte) and text. */
public final class FileName {
  private FileName() {}

  /** The bytes of a text in UTF-8, one char each. */
  public static String of(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /**
   * A name for people: UTF-8, with malformed bytes replaced and control characters made visible.
   */
  public static String display(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    return Printable.line(new String(bytes, StandardCharsets.UTF_8));
  }
}
