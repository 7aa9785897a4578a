package org.doveadmsshd.storage.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.doveadmsshd.storage.charset.Charsets;
import org.doveadmsshd.storage.charset.TextDecoder;
import org.junit.jupiter.api.Test;

/** Quick ways of searching find what is found when every body is decoded, folded and compared. */
class QuickSearchTest {
  private static final int MAILS = 60_000;

  private static final List<String> NEEDLES =
      List.of(
          "ab", "aab", "abab", "bab a", "b", "fi", "afi", "cafe", "a e", "1/2", "ba.", "abaabaab");

  private static final List<String> FIELDS =
      List.of(
          "Content-Type: text/plain; charset=utf-8\n",
          "content-type: TEXT/html;\n\tcharset=\"iso-8859-1\"\n",
          "Content-Type: text/plain; charset=windows-1252; format=flowed\r\n",
          "Content-Type: text/plain; charset=koi8-r\n",
          "Content-Type: text/plain; charset=utf-16\n",
          "Content-Type: text/plain; charset=iso-2022-jp\n",
          "Content-Type: text/plain; charset=shift_jis\n",
          "Content-Type: text/plain; x=\"; charset=utf-8\"; charset=utf-7\n",
          "Content-Type: text/plain; charset*=''utf-7\n",
          "Content-Type: (text) text/plain\n",
          "Content-Type : text/plain; charset=utf-7\n",
          "Content-Type: text/plain; charset = utf-7\n",
          "Content-Type:\n message/rfc822\n",
          "Content-Type: message/delivery-status\n",
          "Content-Type: image/png\n",
          "Content-Type: application/octet-stream\n",
          "Content-Type: multipart/mixed; boundary=B\n",
          "Content-Type: multipart/alternative; boundary=\"BB\"\n",
          "Content-Type: multipart/digest; boundary=B\n",
          "Content-Transfer-Encoding: quoted-printable\n",
          "CONTENT-TRANSFER-ENCODING:  Quoted-Printable \r\n",
          "Content-Transfer-Encoding: base64\n",
          "Content-Transfer-Encoding:\n base64\n",
          "Content-Transfer-Encoding\t: quoted-printable\n",
          "Content-Transfer-Encoding: (no) base64\n",
          "Content-Transfer-Encoding: base64; x\n",
          "Content-Transfer-Encoding: 7bit\n",
          "Content-Transfer-Encoding: x-uuencode\n",
          "Subject: abfi\n",
          "--X\n",
          " folded\n");

  private static final List<String> TEXTS =
      List.of(
          "a",
          "b",
          "ab",
          "aab",
          "c",
          "f",
          "i",
          "caf",
          "e",
          "E",
          " ",
          "1",
          "2",
          "/",
          ".",
          "A",
          "B",
          "=",
          "=\n",
          "=\r\n",
          "= \t\n",
          "=61",
          "=62",
          "=6",
          "=C3=A9",
          "=C3=\n=A9",
          "=E9",
          "=EF=AC=81",
          "=2e",
          "=20",
          "=20\n",
          "==61",
          "\n",
          "\r\n",
          "\n\n",
          "\t",
          "\u00e9",
          "\u00c3\u00a9",
          "\u00ef\u00ac\u0081",
          "\u00ef\u00bd\u0081",
          "\u00c2\u00bd",
          "\u00c2\u00a0",
          "\u00e2\u0080\u00a6",
          "\u00f0\u009d\u0090\u009a",
          "\u00f0\u009d\u0090\u009b",
          "\u00f0\u009f\u0098\u0080",
          "\u00d0\u0096",
          "\u00c3",
          "\u00e2\u0080",
          "\u00bd",
          "\u00aa",
          "\u0000a\u0000b",
          "a\u0000b\u0000",
          "+AGEAYg-",
          "\u001b$B",
          "\u001b(B",
          "YWJhYg==",
          "YWI",
          "\n--B\n",
          "\n--B--\n",
          "\n--BB\n",
          "\r\n--BB\r\n",
          "--B\n",
          "\n-",
          "-",
          " ".repeat(80),
          "x".repeat(30),
          "\nContent-Type: image/png\n",
          "\nContent-Transfer-Encoding: base64\n\n");

  private static <T> T any(List<T> of, Random random) {
    return of.get(random.nextInt(of.size()));
  }

  private static byte[] mail(Random random) {
    StringBuilder mail = new StringBuilder();
    for (int parts = 1 + random.nextInt(3); parts > 0; parts--) {
      for (int fields = random.nextInt(4); fields > 0; fields--) {
        mail.append(any(FIELDS, random));
      }
      mail.append(random.nextInt(8) == 0 ? "" : "\n");
      for (int texts = random.nextInt(12); texts > 0; texts--) {
        mail.append(any(TEXTS, random));
      }
      mail.append(any(List.of("", "\n", "\n--B\n", "\n--BB\n", "\n\n"), random));
    }
    if (random.nextInt(6) == 0) {
      String encoded =
          Base64.getEncoder()
              .encodeToString(any(NEEDLES, random).getBytes(StandardCharsets.US_ASCII));
      mail.append(encoded);
    }
    return mail.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Decodes every text of a mail slowly, and compares it folded. */
  private static final class Plain implements MimeVisitor {
    private final List<StringBuilder> texts = new ArrayList<>();
    private final ByteArrayOutputStream decoded = new ByteArrayOutputStream();
    private Part part;
    private TransferDecoder decoder;

    @Override
    public boolean headerEnd(Part of) {
      part = of;
      decoded.reset();
      decoder = new TransferDecoder(of.encoding(), decoded::write);
      return of.isText() && of.encoding() != Part.Encoding.UNKNOWN;
    }

    @Override
    public void body(byte[] bytes, int offset, int length) {
      for (int i = 0; i < length; i++) {
        decoder.accept(bytes, offset + i, 1);
      }
    }

    @Override
    public void bodyEnd() {
      StringBuilder text = new StringBuilder();
      texts.add(
          text.append(TextDecoder.decode(Charsets.of(part.charset()), decoded.toByteArray())));
    }

    boolean has(String needle) {
      String folded = Fold.fold(needle);
      return texts.stream().anyMatch(text -> Fold.fold(text).contains(folded));
    }
  }

  private static <V extends MimeVisitor> V scan(byte[] mail, int head, V visitor) {
    byte[] buffer = Arrays.copyOf(Arrays.copyOf(mail, head), MimeScanner.BUFFER);
    try {
      new MimeScanner(
              buffer, head, new ByteArrayInputStream(mail, head, mail.length - head), visitor)
          .scan();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return visitor;
  }

  private static String shown(String needle, byte[] mail) {
    return needle + " in " + new String(mail, StandardCharsets.ISO_8859_1);
  }

  @Test
  void whatIsFoundIsWhatIsThereWhenAllIsDecoded() {
    Random random = new Random(19);
    for (int i = 0; i < MAILS; i++) {
      byte[] mail = mail(random);
      String needle = any(NEEDLES, random);
      boolean there = scan(mail, mail.length, new Plain()).has(needle);

      int head = random.nextInt(mail.length + 1);
      TextSearch search = scan(mail, head, new TextSearch(new Needle(needle), false));

      assertThat(search.isFound()).as(shown(needle, mail)).isEqualTo(there);
    }
  }

  @Test
  void aCharacterThatIsReadInTwoPiecesIsFound() {
    String text = "\nxcaf\u00e9 a\uff42 b\ud835\udc00 \u2026";
    byte[] mail = text.getBytes(StandardCharsets.UTF_8);
    for (String needle : List.of("cafe", "ab", "ba", "..")) {
      for (int head = 0; head <= mail.length; head++) {
        TextSearch search = scan(mail, head, new TextSearch(new Needle(needle), false));
        assertThat(search.isFound()).as(needle + ", " + head).isTrue();
      }
    }
  }

  /** In pieces of a few thousand characters it may begin in one and end in the next. */
  @Test
  void aWordOfLettersThatAreTwoCharsEachIsFoundWhereverItStands() {
    StringBuilder bold = new StringBuilder();
    "NEEDLE".chars().forEach(c -> bold.appendCodePoint(0x1d400 + c - 'A'));
    for (int before = 4_070; before < 4_110; before++) {
      byte[] mail = ("\n" + "x".repeat(before) + bold).getBytes(StandardCharsets.UTF_8);
      TextSearch search = scan(mail, mail.length, new TextSearch(new Needle("needle"), false));
      assertThat(search.isFound()).as(before + " before it").isTrue();
    }
  }
}
