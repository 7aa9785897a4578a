package org.doveadmsshd.posix;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.ShellWord;

/** Between file names as they are on disk (one char a byte) and text. */
public final class FileName {
  private FileName() {}

  /** The bytes of a text in UTF-8, one char each. */
  public static String of(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** A name that stands in an array. */
  public static String of(byte[] array, int from, int length) {
    return new String(array, from, length, StandardCharsets.ISO_8859_1);
  }

  /**
   * A name for people: UTF-8, with malformed bytes replaced and control characters made visible.
   */
  public static String display(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    return Printable.line(new String(bytes, StandardCharsets.UTF_8));
  }

  /**
   * A name as one word for a shell: as it is, in quotes, or in bash's {@code $'…'} where it has
   * bytes that are not to be shown. The shell makes the very name of it.
   */
  public static String quoted(String name) {
    try {
      byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.codePoints().noneMatch(Printable::isControl)) {
        return ShellWord.of(text);
      }
    } catch (CharacterCodingException e) {
      // each byte is escaped
    }
    StringBuilder escaped = new StringBuilder("$'");
    for (char c : name.toCharArray()) {
      if (c == '\'' || c == '\\') {
        escaped.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        escaped.append("\\x%02x".formatted((int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.append('\'').toString();
  }
}
