package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsoleTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();

  private Console console(boolean isTerminal) {
    return new Console(new ByteArrayInputStream(new byte[0]), out, error, isTerminal, 100);
  }

  /** What a terminal is sent of some bytes that come in pieces. */
  private String shown(byte[] bytes, int piece) throws Exception {
    out.reset();
    OutputStream guarded = console(true).guarded().out();
    for (int i = 0; i < bytes.length; i += piece) {
      guarded.write(bytes, i, Math.min(piece, bytes.length - i));
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain text | plain text",
        "'a\tb\nc\fd' | 'a\tb\nc\fd'",
        "'a\r\nb\r\n' | 'a\nb\n'",
        "'a\rb' | 'a\ufffdb'",
        "'a\r\rb' | 'a\ufffd\ufffdb'",
        "'a\r\r\nb' | 'a\ufffd\nb'",
        "'a\u001b[31mb' | 'a\ufffd[31mb'",
        "schön € 😀 | schön € 😀",
        "a\u2067b\u2069\u200fc\u061cd | a\ufffdb\ufffd\ufffdc\ufffdd",
      })
  void aTerminalIsShownTextHoweverTheBytesAreCut(String text, String expected) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int piece = 1; piece <= bytes.length; piece++) {
      assertThat(shown(bytes, piece)).isEqualTo(expected);
    }
  }

  @Test
  void bytesThatAreNoTextAreReplacedAndWhatFollowsIsShown() throws Exception {
    byte[] bytes = {'a', (byte) 0xff, 'b', (byte) 0xc3, 'c', (byte) 0xe2, (byte) 0x82, 'd'};
    for (int piece : List.of(1, 3, 8)) {
      assertThat(shown(bytes, piece)).isEqualTo("a\ufffdb\ufffdc\ufffdd");
    }
  }

  @Test
  void longTextIsShownWhole() throws Exception {
    String text = "0123456789äöü€😀\n".repeat(1000);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int piece : List.of(1, 7, 4096, bytes.length)) {
      assertThat(shown(bytes, piece)).isEqualTo(text);
    }
  }

  @Test
  void aSingleByteIsShownAndAFlushIsPassedOn() throws Exception {
    AtomicInteger flushed = new AtomicInteger();
    OutputStream terminal =
        new OutputStream() {
          @Override
          public void write(int b) {
            out.write(b);
          }

          @Override
          public void flush() {
            flushed.incrementAndGet();
          }
        };
    OutputStream guarded =
        new Console(console(true).in(), terminal, error, true, 80).guarded().out();
    guarded.write('x');
    guarded.write(7);
    guarded.flush();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("x\ufffd");
    assertThat(flushed).hasValue(1);
  }

  @Test
  void onlyATerminalIsGuardedAndOnce() {
    Console pipe = console(false);
    assertThat(pipe.guarded()).isSameAs(pipe);
    assertThat(pipe.isWatched()).isFalse();
    Console terminal = console(true);
    Console guarded = terminal.guarded();
    assertThat(guarded.isTerminal()).isTrue();
    assertThat(guarded.isWatched()).as("a person sits there still").isTrue();
    assertThat(guarded.formatters()).isSameAs(terminal.formatters());
    assertThat(guarded.guarded()).isSameAs(guarded);
  }

  @Test
  void complaintsAndWarningsAreALineEach() throws Exception {
    console(false).complain("no\nsuch");
    console(false).warn("odd\u001b");
    assertThat(error.toString(StandardCharsets.UTF_8))
        .isEqualTo("doveadm: Error: no\ufffdsuch\ndoveadm: Warning: odd\ufffd\n");
  }
}
