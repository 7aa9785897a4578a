package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The size of a mail with CRLF line ends. */
class LineEndsTest {
  private static long size(byte[] mail, int most) throws IOException {
    InputStream inPieces =
        new ByteArrayInputStream(mail) {
          @Override
          public synchronized int read(byte[] target, int from, int length) {
            return super.read(target, from, Math.min(length, most));
          }
        };
    return LineEnds.virtualSize(inPieces);
  }

  /** A slash for LF, ^ for CR. */
  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "/, 2",
    "^/, 2",
    "^, 1",
    "//, 4",
    "^^/, 3",
    "/^, 3",
    "/^/, 4",
    "^/^/, 4",
    "abc, 3",
    "abc/, 5",
    "abc^/, 5",
    "a/b^/c/, 9",
    "1234567/, 9",
    "12345678/, 10",
    "1234567^/, 9",
    "123456789012345/6, 18",
    "////////, 16",
    "/////////, 18",
    "^/^/^/^/^/^/^/^/^/, 18",
  })
  void everyLfWithoutCrCountsTwo(String text, long size) throws IOException {
    byte[] mail = text.replace('/', '\n').replace('^', '\r').getBytes(StandardCharsets.US_ASCII);
    for (int piece = 1; piece <= mail.length + 1; piece++) {
      assertThat(size(mail, piece)).as("pieces of %d", piece).isEqualTo(size);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void mailsOfAnyBytesAndPiecesAreCountedRight(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] alphabet = {'\n', '\r', 'x', (byte) 0x8a, (byte) 0x8d, 0, (byte) 0xff, 0x0b, 0x0c};
    byte[] mail = new byte[200_000 + random.nextInt(100)];
    long expected = mail.length;
    for (int i = 0; i < mail.length; i++) {
      mail[i] = alphabet[random.nextInt(alphabet.length)];
      expected += mail[i] == '\n' && (i == 0 || mail[i - 1] != '\r') ? 1 : 0;
    }
    assertThat(size(mail, Integer.MAX_VALUE)).isEqualTo(expected);
    assertThat(size(mail, 1 + random.nextInt(1000))).isEqualTo(expected);
  }

  @Test
  void whatTheLastMailEndedWithDoesNotCountForTheNext() throws IOException {
    assertThat(size("x\r".getBytes(StandardCharsets.US_ASCII), 10)).isEqualTo(2);
    assertThat(size("\nx".getBytes(StandardCharsets.US_ASCII), 10)).isEqualTo(3);
  }
}
