package org.doveadmsshd.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineChannelTest {
  private static LineChannel of(InputStream in) {
    return new LineChannel(in, OutputStream.nullOutputStream());
  }

  private static LineChannel of(String text) {
    return of(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Gives a byte at a time, without end, and counts. */
  private static final class Endless extends InputStream {
    private long given;

    @Override
    public int read() {
      given++;
      return 'x';
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      for (int i = 0; i < length; i++) {
        target[offset + i] = (byte) read();
      }
      return length;
    }
  }

  @Test
  void whateverIsSentArrivesAsItWas() throws Exception {
    String[] values = {"", "a\tb", "a\nb", "\r", "\0", "\001", "\001t", "é日😀", "name=a=b", " "};
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    new LineChannel(InputStream.nullInputStream(), sent).send(values);
    assertThat(of(new ByteArrayInputStream(sent.toByteArray())).receive()).containsExactly(values);
  }

  @Test
  void severalLinesAreOneWrite() throws Exception {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    int[] writes = new int[2];
    OutputStream counting =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError("byte by byte");
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            writes[0]++;
            sent.write(bytes, offset, length);
          }

          @Override
          public void flush() {
            writes[1]++;
          }
        };
    new LineChannel(InputStream.nullInputStream(), counting)
        .send(List.of(new String[] {"USER", "1"}, new String[] {"USER", "0"}));
    assertThat(sent.toString(StandardCharsets.UTF_8)).isEqualTo("USER\t1\nUSER\t0\n");
    assertThat(writes).containsExactly(1, 1);
  }

  @Test
  void aLineThatComesByteByByteIsOneLine() throws Exception {
    InputStream bytes = new ByteArrayInputStream("ab\tc\nd\n".getBytes(StandardCharsets.UTF_8));
    LineChannel lines =
        of(
            new InputStream() {
              @Override
              public int read() throws IOException {
                return bytes.read();
              }

              @Override
              public int read(byte[] target, int offset, int length) throws IOException {
                return bytes.read(target, offset, 1);
              }
            });
    assertThat(lines.receive()).containsExactly("ab", "c");
    assertThat(lines.receive()).containsExactly("d");
    assertThatThrownBy(lines::receive).isInstanceOf(EOFException.class);
  }

  @Test
  void anEmptyLineHasOneEmptyValue() throws Exception {
    LineChannel lines = of("\n\t\n");
    assertThat(lines.receive()).containsExactly("");
    assertThat(lines.receive()).containsExactly("", "");
  }

  @Test
  void anEndInTheMiddleOfALineIsNoLine() {
    assertThatThrownBy(of("RELEASE")::receive).isInstanceOf(EOFException.class);
    assertThatThrownBy(of("")::receive).isInstanceOf(EOFException.class);
  }

  @Test
  void theEndStaysTheEnd() {
    LineChannel lines = of("RELEA");
    assertThatThrownBy(lines::receive).isInstanceOf(EOFException.class);
    assertThatThrownBy(lines::receive).isInstanceOf(EOFException.class);
  }

  @Test
  void theLongestLineIsTakenAndALongerOneIsNone() throws Exception {
    String longest = "x".repeat(LineChannel.MAX_LINE);
    assertThat(of(longest + "\nRELEASE\n").receive()).containsExactly(longest);
    assertThatThrownBy(of(longest + "x\n")::receive)
        .isInstanceOf(IOException.class)
        .hasMessage("a line without end");
  }

  @Test
  void aLineWithoutEndIsReadNoFurtherThanTheLimit() {
    Endless endless = new Endless();
    assertThatThrownBy(of(endless)::receive).hasMessage("a line without end");
    assertThat(endless.given).isBetween(LineChannel.MAX_LINE + 1L, LineChannel.MAX_LINE + 4096L);
  }

  @Test
  void bytesThatAreNoTextAreReplaced() throws Exception {
    byte[] bytes = {'a', (byte) 0xff, (byte) 0xc3, '\t', 'b', '\n'};
    assertThat(of(new ByteArrayInputStream(bytes)).receive()).containsExactly("a\ufffd\ufffd", "b");
  }
}
