package org.doveadmsshd.storage.charset;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A charset of the JDK with the few characters that glibc reads otherwise.
 *
 * <p>What the JDK gives for one sequence of bytes alone is replaced by what glibc gives; where the
 * JDK knows nothing, a byte may mean the control character of its number.
 */
final class AmendedCharset extends DecodeOnlyCharset {
  private static final String C1 =
      "\u0080\u0081\u0082\u0083\u0084\u0085\u0086\u0087\u0088\u0089\u008a\u008b\u008c\u008d"
          + "\u0090\u0091\u0092\u0093\u0094\u0095\u0096\u0097\u0098\u0099\u009a\u009b\u009c\u009d"
          + "\u009e\u009f";

  private static final Map<String, AmendedCharset> BY_NAME = new HashMap<>();

  static {
    // what JIS X 0201 has in the place of backslash and tilde; the dash is another one
    add("Shift_JIS", "", "\\\u00a5~\u203e\u2014\u2015", "shiftjis sjis mskanji csshiftjis xsjis");
    add("EUC-JP", C1, "\u2014\u2015", "eucjp ujis cseucpkdfmtjapanese xeucjp");
    add(
        "x-eucJP-Open",
        C1,
        "\u2014\u2015\u301c\uff5e\u2016\u2225\u2212\uff0d\u00a2\uffe0\u00a3\uffe1\u00ac\uffe2",
        "eucjpms eucjpwin eucjpopen");
    add("EUC-KR", C1 + "\u008e\u008f", "", "euckr cseuckr");
    add(
        "Big5",
        "\u0080",
        "\u2022\u2027\uff64\ufe51\u203e\u00af\u223c\uff5e\u2641\u2295\u2609\u2299\u2571\uff0f\uff0f\u2215"
            + "\u2572\uff3c\uff3c\ufe68\u00a5\uffe5\u00a2\uffe0\u00a3\uffe1",
        "big5 bigfive cnbig5 csbig5");
    add("Big5-HKSCS", "\u0080", "", "big5hkscs big5hk");
    add("windows-1251", "\u0098", "", "windows1251 cp1251 cp5347 mscyrl win1251");
    add("TIS-620", "", "\u00a0\ufffd", "tis620 tis6200 tis62025291 tis62025330 isoir166");
  }

  private final String jdk;
  private final String themselves;
  private final String replaced;

  private AmendedCharset(String jdk, String themselves, String replaced) {
    super("x-amended-" + jdk);
    this.jdk = jdk;
    this.themselves = themselves;
    this.replaced = replaced;
  }

  /**
   * @param themselves bytes that are characters by their number where the JDK has none
   * @param replaced pairs: a character, and what it is read as
   * @param names with letters and digits alone, in lower case
   */
  private static void add(String jdk, String themselves, String replaced, String names) {
    AmendedCharset charset = new AmendedCharset(jdk, themselves, replaced);
    for (String name : List.of(names.split(" "))) {
      BY_NAME.put(name, charset);
    }
  }

  /** The charset of a name that has letters and digits alone, in lower case; null for none. */
  static AmendedCharset find(String letters) {
    return BY_NAME.get(letters);
  }

  @Override
  public CharsetDecoder newDecoder() {
    return new Decoder();
  }

  private final class Decoder extends CharsetDecoder {
    private final CharsetDecoder known = Charset.forName(jdk).newDecoder();

    Decoder() {
      super(AmendedCharset.this, 1f, 1f);
    }

    @Override
    protected void implReset() {
      known.reset();
    }

    @Override
    protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
      while (true) {
        int start = out.position();
        CoderResult result = known.decode(in, out, false);
        replace(out, start);
        char next = result.isError() ? (char) (in.get(in.position()) & 0xff) : 0;
        if (next == 0 || themselves.indexOf(next) < 0) {
          return result;
        }
        if (!out.hasRemaining()) {
          return CoderResult.OVERFLOW;
        }
        in.get();
        out.put(next);
      }
    }

    private void replace(CharBuffer out, int start) {
      for (int i = start; i < out.position(); i++) {
        for (int j = 0; j < replaced.length(); j += 2) {
          if (out.get(i) == replaced.charAt(j)) {
            out.put(i, replaced.charAt(j + 1));
            break;
          }
        }
      }
    }
  }
}
