package org.doveadmsshd.storage.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quoted-printable is undone as in Dovecot, wherever the pieces that it comes in end. */
class TransferDecoderTest {
  private static final String ALPHABET = " \t\r\n==09afAFgZ\u00e9";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a=3db        | a=b
          a=3Db        | a=b
          a=3          | a
          a=zz         | a=zz
          a=\\nb       | ab
          a=\\r\\nb    | ab
          a \\nb       | a\\r\\nb
          a \\t b      | a \\t b
          a  =\\n b    | a   b
          a\\rb        | a\\rb
          a=20\\n      | a \\r\\n
          """)
  void quotedPrintableIsUndone(String quoted, String text) {
    assertThat(decoded(quoted.translateEscapes(), 1 << 20)).isEqualTo(text.translateEscapes());
  }

  @Test
  void itIsTheSameWhereverPiecesEnd() {
    Random random = new Random(15);
    for (int i = 0; i < 50_000; i++) {
      String quoted = text(random);

      assertThat(decoded(quoted, 1 << 20))
          .as(quoted)
          .isEqualTo(decoded(quoted, 1))
          .isEqualTo(decoded(quoted, 1 + random.nextInt(5)));
    }
  }

  @Test
  void ofALotOfWhiteSpaceTheSameIsKept() {
    for (int length : new int[] {76, 77, 78, 79, 200}) {
      String quoted = "a" + " ".repeat(length) + "b=" + "\t".repeat(length) + "c";

      assertThat(decoded(quoted, 1 << 20)).isEqualTo(decoded(quoted, 1));
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(12); length > 0; length--) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  private static String decoded(String quoted, int piece) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TransferDecoder decoder = new TransferDecoder(Part.Encoding.QUOTED_PRINTABLE, out::write);
    byte[] bytes = quoted.getBytes(StandardCharsets.ISO_8859_1);
    for (int at = 0; at < bytes.length; at += piece) {
      decoder.accept(bytes, at, Math.min(piece, bytes.length - at));
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }
}
