package org.doveadmsshd.storage.charset;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** A charset of one byte a character that the JDK lacks; see {@code single-byte.txt}. */
final class SingleByteCharset extends DecodeOnlyCharset {
  private static final char NONE = '\ufffd';

  private final char[] characters;

  private SingleByteCharset(String name, char[] characters) {
    super(name);
    this.characters = characters;
  }

  /**
   * The charset of a name that has letters and digits alone, in lower case; null for none.
   *
   * <p>The tables are read when first needed.
   */
  static SingleByteCharset find(String letters) {
    return Tables.BY_NAME.get(letters);
  }

  private static final class Tables {
    private static final Map<String, SingleByteCharset> BY_NAME = new HashMap<>();

    static {
      try (InputStream in = SingleByteCharset.class.getResourceAsStream("single-byte.txt");
          BufferedReader lines =
              new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
        lines.lines().filter(line -> !line.startsWith("#")).forEach(Tables::read);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void read(String line) {
      String[] halves = line.split(" : ");
      String[] lower = halves[0].split(" # ");
      char[] characters = new char[256];
      Arrays.fill(characters, NONE);
      for (char c = 0; c < 0x80; c++) {
        characters[c] = c;
      }
      for (String other : lower.length > 1 ? lower[1].split(" ") : new String[0]) {
        characters[Integer.parseInt(other, 0, 2, 16)] = (char) Integer.parseInt(other, 2, 6, 16);
      }
      for (int i = 0; halves.length > 1 && i < 0x80; i++) {
        characters[0x80 + i] = (char) Integer.parseInt(halves[1], 4 * i, 4 * i + 4, 16);
      }
      String[] names = lower[0].split(" ");
      SingleByteCharset charset = new SingleByteCharset("x-" + names[0], characters);
      for (String name : names) {
        BY_NAME.put(name, charset);
      }
    }
  }

  @Override
  public CharsetDecoder newDecoder() {
    return new CharsetDecoder(this, 1, 1) {
      @Override
      protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
        while (in.hasRemaining()) {
          char c = characters[in.get(in.position()) & 0xff];
          if (c == NONE) {
            return CoderResult.malformedForLength(1);
          }
          if (!out.hasRemaining()) {
            return CoderResult.OVERFLOW;
          }
          in.get();
          out.put(c);
        }
        return CoderResult.UNDERFLOW;
      }
    };
  }
}
