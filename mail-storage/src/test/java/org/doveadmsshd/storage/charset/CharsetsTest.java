package org.doveadmsshd.storage.charset;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CharsetsTest {
  private static String read(String charset, String bytes) {
    Charset found = Charsets.find(charset).orElseThrow();
    return TextDecoder.decode(found, bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** What Dovecot 2.3.19 with glibc 2.36 made of the same bytes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "utf-7 | M+APw-ller +- +2D3eAA-! | Müller + 😀!",
        "utf-7 | a~b | a\ufffdb",
        "utf-7 | +APw\u00e9APw- | ü\ufffdAPw-",
        "utf-7 | +AP\u00e9w- | \ufffdü",
        "unicode-1-1-utf-7 | +ImIhgA x | ≢ↀ x",
        "macintosh | a\u008ab\u00db | aäb€",
        "KOI8R | \u00f0\u00f2\u00c9 | ПРи",
        "koi8-u | \u00a4 | є",
        "KOI8-RU | \u00ae | ў",
        "KOI8-T | \u0080 | қ",
        "iso-8859-10 | \u00a1\u00bf | Ąŋ",
        "iso-8859-14 | \u00d0\u00f7 | Ŵṫ",
        "latin8 | \u00d0 | Ŵ",
        "viscii | Vi\u00aet | Việt",
        "tcvn | \u00a7\u00b9 | Đạ",
        "hp-roman8 | \u00cc\u00ce | äö",
        "roman8 | \u00cc | ä",
        "cp932 | \u0087@ | ①",
        "shift_jis | C:\\ ~ \u0093\u00fa | C:¥ ‾ 日",
        "sjis | \u0081\\ | ―",
        "euc-jp | \u00a1\u00bd\u008d\u00c6\u00fc | ―\u008d日",
        "eucjp-ms | \u00ad\u00a1\u00a1\u00c1 | ①～",
        "euc-kr | a\u0080\u009f\u00b0\u00a1 | a\u0080\u009f가",
        "euc-kr | a\u00ffb | a\ufffdb",
        "big5 | \u0080\u00a1\u00fe\u00a2A\u00a4\u00a4 | \u0080／∕中",
        "big5-hkscs | \u0080\u00a4\u00a4 | \u0080中",
        "windows-1251 | \u0098\u00c0 | \u0098А",
        "tis-620 | \u00a0\u00a1 | \ufffdก",
        "cp874 | \u0085\u0096 | …–",
        "uhc | \u008c\u0063 | 똠",
        "cp949 | \u008c\u0063\\ | 똠\\",
        "cp936 | \u0080 | €",
        "ms-cyrl | \u00c0 | А",
        "ISO8859_1 | \u00e4 | ä",
        "'utf 8' | \u00c3\u00a4 | ä",
        "us-ascii | \u00c3\u00a4 | ä",
        "din_66003 | a[b{ | aÄbä",
      })
  void aCharsetIsReadAsGlibcReadsIt(String charset, String bytes, String text) {
    assertThat(read(charset, bytes)).isEqualTo(text);
  }

  @Test
  void utf16IsLittleEndianUnlessItsMarkSaysOtherwise() {
    assertThat(read("utf-16", "a\0b\0")).isEqualTo("ab");
    assertThat(read("UTF16", "\u00fe\u00ff\0a")).isEqualTo("a");
    assertThat(read("utf-16", "\u00ff\u00fea\0")).isEqualTo("a");
    assertThat(read("ucs-2", "a\0")).isEqualTo("a");
    assertThat(read("utf-16be", "\0a")).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-foo", "", "-", "default", "ü", "a/b", "iso-8859-99"})
  void aNameThatNobodyKnowsIsNoCharset(String name) {
    assertThat(Charsets.find(name)).isEmpty();
    assertThat(Charsets.of(name)).isEqualTo(StandardCharsets.UTF_8);
  }

  @Test
  void namesThatMailsMakeUpAreNotKeptForEver() {
    for (int i = 0; i < 5000; i++) {
      assertThat(Charsets.find("x-made-up-" + i)).isEmpty();
    }
    assertThat(Charsets.find("x".repeat(100_000))).isEmpty();
    assertThat(Charsets.find("utf-8")).contains(StandardCharsets.UTF_8);
  }

  @Test
  void malformedBytesInARowBecomeOneCharacter() {
    assertThat(read("utf-8", "a\u00e9\u00e9b")).isEqualTo("a\ufffdb");
    assertThat(read("utf-8", "\u00ed\u00a0\u0080-\u00e9-")).isEqualTo("\ufffd-\ufffd-");
    assertThat(read("windows-1252", "\u0081\u008d")).isEqualTo("\ufffd");
  }

  @Test
  void aCharacterThatBreaksOffAtTheEndIsLeftOut() {
    assertThat(read("utf-8", "abc\u00e2\u0082")).isEqualTo("abc");
    assertThat(read("utf-16", "a\0b")).isEqualTo("a");
  }

  @Test
  void piecesMayEndInsideACharacter() {
    byte[] bytes = "aä世😀\u00e9".getBytes(StandardCharsets.UTF_8);
    StringBuilder text = new StringBuilder();
    TextDecoder decoder = new TextDecoder(StandardCharsets.UTF_8, text::append);
    for (int i = 0; i < bytes.length; i++) {
      decoder.accept(bytes, i, 1);
    }
    assertThat(text).hasToString("aä世😀é");
  }

  @Test
  void aTextLongerThanTheBufferIsDecodedWhole() {
    String text = "ä世😀".repeat(10_000);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(TextDecoder.decode(StandardCharsets.UTF_8, bytes)).isEqualTo(text);
  }
}
