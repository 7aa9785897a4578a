package org.doveadmsshd.storage.charset;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds charsets by the names that mails give them. Names are compared without case and without
 * what is no letter or digit. For all threads.
 */
public final class Charsets {
  /** A mail may name any charset, so the table of remembered names is emptied at this size. */
  private static final int MAX_REMEMBERED = 1000;

  /** No charset has a longer name. */
  private static final int MAX_NAME = 60;

  private static final Map<String, Optional<Charset>> REMEMBERED = new ConcurrentHashMap<>();

  /**
   * What glibc understands by a name where the JDK understands something else or nothing: a charset
   * of the JDK, then the names.
   */
  private static final String NAMES =
      """
      windows-31j cp932 ms932 windows932 sjisopen sjiswin
      x-windows-949 cp949 949 uhc mscp949 windows949 ksc56011987 ksc56011989 isoir149 korean
      x-mswin-936 gbk cp936 936 ms936 windows936 gb13000
      x-windows-950 cp950 950 windows950
      GB2312 cngb csgb2312 gb231280
      UTF-16LE ucs2 ucs2le unicodelittle iso10646ucs2 iso10646
      UTF-16BE ucs2be unicodebig
      UTF-32BE ucs4 ucs4be iso10646ucs4 csucs4
      UTF-32LE ucs4le wchart
      UTF-8 iso10646utf8 isoir193 utf8mb4 cp65001 unicode11utf8
      ISO-2022-JP iso2022jp3
      x-Johab cp1361 mscp1361
      x-MacUkraine macuk macukrainian maccyrillic
      x-MacCentralEurope cp1282
      x-MacRoman xmacroman
      ISO-8859-7 iso885972003
      ISO-8859-9 ecma128 ts5881
      ISO-8859-13 l7 latin7 baltic isoir179
      ISO-8859-15 iso8859151998 isoir203
      ISO-8859-6 iso88596e iso88596i
      ISO-8859-8 iso88598e iso88598i
      x-iso-8859-11 hpthai8 thai8
      windows-1250 msee
      x-windows-874 cp874 874 ibm874 windows874
      US-ASCII ansix34
      IBM775 cspc775baltic
      IBM00858 cspc858multilingual
      IBM855 csibm855
      IBM857 csibm857
      IBM861 cpibm861
      IBM864 csibm864
      windows-1252 msansi
      windows-1253 msgreek
      windows-1254 msturk
      windows-1255 mshebr
      windows-1256 msarab
      windows-1257 winbaltrim
      """;

  private static final Map<String, String> JDK_NAMES = new HashMap<>();

  static {
    for (String line : NAMES.split("\n")) {
      String[] words = line.split(" ");
      for (int i = 1; i < words.length; i++) {
        JDK_NAMES.put(words[i], words[0]);
      }
    }
  }

  private Charsets() {}

  /**
   * The charset of a name; ASCII is read as UTF-8, as what claims to be ASCII often is not.
   *
   * @param name as a mail has it, in any case
   * @return nothing for an unknown name
   */
  public static Optional<Charset> find(String name) {
    if (name.length() > MAX_NAME) {
      return Optional.empty();
    }
    Optional<Charset> known = REMEMBERED.get(name);
    if (known == null) {
      known = Optional.ofNullable(look(name));
      if (REMEMBERED.size() >= MAX_REMEMBERED) {
        REMEMBERED.clear();
      }
      REMEMBERED.put(name, known);
    }
    return known;
  }

  /** The charset of a name; UTF-8 for an unknown name, so that ASCII can be read. */
  public static Charset of(String name) {
    return find(name).orElse(StandardCharsets.UTF_8);
  }

  private static Charset look(String name) {
    String letters = letters(name);
    switch (letters) {
      case "", "default": // the JDK takes "default" for ASCII
        return null;
      case "utf8", "usascii", "ascii":
        return StandardCharsets.UTF_8;
      case "utf16", "unicode", "csunicode":
        return Utf16.INSTANCE;
      case "utf7", "unicode11utf7", "csunicode11utf7", "csutf7":
        return Utf7.INSTANCE;
      default:
        Charset amended = AmendedCharset.find(letters);
        if (amended != null) {
          return amended;
        }
        String jdk = JDK_NAMES.get(letters);
        if (jdk != null) {
          return Charset.forName(jdk);
        }
        Charset own = SingleByteCharset.find(letters);
        return own != null ? own : ofJdk(name, letters);
    }
  }

  private static Charset ofJdk(String name, String letters) {
    try {
      return Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return JdkNames.BY_LETTERS.get(letters);
    }
  }

  /** Lower case, without what is no letter or digit. */
  static String letters(String name) {
    StringBuilder letters = new StringBuilder(name.length());
    for (char c : name.toLowerCase(Locale.ROOT).toCharArray()) {
      if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
        letters.append(c);
      }
    }
    return letters.toString();
  }

  /** All charsets of the JDK by what is letter or digit in their names; made when first needed. */
  private static final class JdkNames {
    private static final Map<String, Charset> BY_LETTERS = new HashMap<>();

    static {
      for (Charset charset : Charset.availableCharsets().values()) {
        charset.aliases().forEach(alias -> BY_LETTERS.putIfAbsent(letters(alias), charset));
      }
      for (Charset charset : Charset.availableCharsets().values()) {
        BY_LETTERS.put(letters(charset.name()), charset);
      }
    }
  }
}
