package org.doveadmsshd.storage.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.doveadmsshd.storage.charset.TextDecoder;

/**
 * Tells from the bytes of a text outside ASCII whether they can take part in a match of an ASCII
 * needle, so that text that cannot match need not be decoded. A character outside ASCII may fold to
 * a letter with marks behind it, which a match can end with, or to several letters, as ligatures
 * do. Knows UTF-8 and charsets of one byte a character. Immutable.
 */
final class HighBytes {
  private static final int HIGH = 0x80;

  /** By charset, of which there are few. */
  private static final Map<Charset, HighBytes> KNOWN = new ConcurrentHashMap<>();

  /** The characters of the bytes from 0x80 on; null for UTF-8. */
  private final char[] characters;

  private HighBytes(char[] characters) {
    this.characters = characters;
  }

  /** For a charset; nothing when its bytes tell too little. */
  static Optional<HighBytes> of(Charset charset) {
    String name = charset.name();
    boolean single =
        name.startsWith("ISO-8859-") || name.startsWith("windows-125") || name.startsWith("KOI8");
    if (!single && !charset.equals(StandardCharsets.UTF_8)) {
      return Optional.empty();
    }
    return Optional.of(KNOWN.computeIfAbsent(charset, HighBytes::make));
  }

  private static HighBytes make(Charset charset) {
    if (charset.equals(StandardCharsets.UTF_8)) {
      return new HighBytes(null);
    }
    char[] characters = new char[HIGH];
    for (int i = 0; i < HIGH; i++) {
      characters[i] = TextDecoder.decode(charset, new byte[] {(byte) (HIGH + i)}).charAt(0);
    }
    return new HighBytes(characters);
  }

  /**
   * Whether a match may have one of the characters outside ASCII in it.
   *
   * @param needle ASCII
   * @param bytes a piece of text between two positions; what comes before it is ASCII
   */
  boolean mayMatch(BytePattern needle, byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      int length = bytes[i] >= 0 ? 0 : characters == null ? sequence(bytes, i, to) : 1;
      if (length == 0) {
        i = Octets.nextHigh(bytes, i, to);
      } else if (length < 0 || matters(character(bytes, i, length), needle, bytes, from, i)) {
        return true;
      } else {
        i += length;
      }
    }
    return false;
  }

  private int character(byte[] bytes, int at, int length) {
    if (characters != null) {
      return characters[bytes[at] & 0x7f];
    }
    if (length == 1) {
      return '\ufffd';
    }
    int character = bytes[at] & 0x7f >> length;
    for (int i = 1; i < length; i++) {
      character = character << 6 | bytes[at + i] & 0x3f;
    }
    return character;
  }

  /**
   * How long the sequence of UTF-8 is that begins here; 1 where it is none; negative where it may
   * go on behind the end.
   */
  private static int sequence(byte[] bytes, int at, int to) {
    int first = bytes[at] & 0xff;
    int announced = first < 0xc2 || first > 0xf4 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    for (int i = 1; i < announced; i++) {
      if (at + i == to) {
        return -1;
      }
      if ((bytes[at + i] & 0xc0) != 0x80) {
        return 1;
      }
    }
    return announced;
  }

  private static boolean matters(
      int character, BytePattern needle, byte[] bytes, int from, int at) {
    int ascii = Fold.asciiOf(character);
    if (ascii == Fold.NO_ASCII) {
      return false;
    }
    if (ascii == Fold.COMPATIBLE) {
      return character > 0xffff || needle.hasAny(Fold.fold(character));
    }
    int last = needle.length() - 1;
    boolean ends = ascii == needle.at(last);
    boolean alone = last == 0 || at == from;
    return ends && (alone || Fold.ascii(bytes[at - 1]) == needle.at(last - 1));
  }
}
