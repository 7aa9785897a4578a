package org.doveadmsshd.console.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.base.MemoryBudget;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal.Signal;
import org.jline.utils.NonBlockingReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes that come in, and characters that are read. */
@Timeout(60)
class RemoteTerminalTest {
  private static final int MEGABYTE = 1 << 20;

  private final MemoryBudget budget = new MemoryBudget(1 << 24);
  private final MemoryBudget.Share memory = budget.all().share(1 << 24);
  private final AtomicInteger window = new AtomicInteger();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final RemoteTerminal terminal = terminal("xterm");

  private RemoteTerminal terminal(String term) {
    try {
      return new RemoteTerminal(term, out, memory, window::addAndGet);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void receive(byte[] bytes) {
    terminal.received(bytes, 0, bytes.length);
  }

  private void receive(String text) {
    receive(text.getBytes(StandardCharsets.UTF_8));
  }

  private String read(int characters) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.length() < characters) {
      int c = terminal.reader().read(1);
      if (c < 0) {
        break;
      }
      text.append((char) c);
    }
    return text.toString();
  }

  @Test
  @Timeout(300) // on a busy machine each of many hand-overs takes milliseconds
  void aControlCThatIsReadAsAKeyArrivesWhateverIsReadAtThatMoment() throws Exception {
    terminal.enterRawMode();
    Attributes raw = terminal.getAttributes();
    raw.setLocalFlag(Attributes.LocalFlag.ISIG, false);
    terminal.setAttributes(raw);
    for (int i = 0; i < 10_000; i++) {
      CompletableFuture<Void> arrives = CompletableFuture.runAsync(this::readToControlC);
      receive("user ja\003");
      arrives.get(30, TimeUnit.SECONDS);
    }
    assertThat(read(1)).isEmpty();
  }

  private void readToControlC() {
    try {
      while (terminal.reader().read(0L) != 3) {
        // what was typed before it
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void charactersMayComeInPieces() throws Exception {
    byte[] bytes = "a\u00e4\u65e5\ud83d\ude00".getBytes(StandardCharsets.UTF_8);
    for (byte b : bytes) {
      receive(new byte[] {b});
    }
    assertThat(read(10)).isEqualTo("a\u00e4\u65e5\ud83d\ude00");
    receive(new byte[] {(byte) 0xff, 'x'});
    assertThat(read(10)).isEqualTo("\ufffdx");
    assertThat(window).hasValue(bytes.length + 2);
  }

  @Test
  void aPeekTakesNothing() throws Exception {
    receive("ab");
    assertThat(terminal.reader().peek(1)).isEqualTo('a');
    assertThat(read(10)).isEqualTo("ab");
    assertThat(terminal.reader().peek(1)).isEqualTo(NonBlockingReader.READ_EXPIRED);
  }

  @Test
  void controlCIsNoticedWhenItComesAndDropsWhatWasTypedAhead() throws Exception {
    AtomicInteger signals = new AtomicInteger();
    terminal.handle(Signal.INT, signal -> signals.incrementAndGet());
    receive("typed ahead\u0003b");
    assertThat(signals).hasValue(1);
    assertThat(read(10)).isEqualTo("b");
    Attributes before = terminal.enterRawMode();
    receive("typed\u0003b");
    assertThat(signals).as("who reads keys gets it as one").hasValue(1);
    assertThat(read(10)).isEqualTo("\u0003b");
    terminal.setAttributes(before);
    assertThat(window).hasValue(13 + 7);
  }

  @Test
  void aClientThatSendsAndSendsFindsItsWindowClosed() throws Exception {
    byte[] piece = new byte[32 * 1024];
    int sent = 0;
    while (window.get() == sent && sent < 16 * MEGABYTE) {
      receive(piece);
      sent += piece.length;
    }
    assertThat(sent).isLessThan(MEGABYTE);
    assertThat(memory.held()).isLessThan(2 * MEGABYTE);
    assertThat(read(sent)).hasSize(sent);
    assertThat(window).as("what was read may be sent again").hasValue(sent);
    assertThat(memory.held()).isZero();
  }

  @Test
  void whoReadsIsToldOfAnotherSizeOnItsOwnThread() throws Exception {
    CompletableFuture<Thread> told = new CompletableFuture<>();
    terminal.handle(Signal.WINCH, signal -> told.complete(Thread.currentThread()));
    Thread reader =
        new Thread(
            () -> {
              try {
                terminal.reader().read();
              } catch (IOException e) {
                told.completeExceptionally(e);
              }
            });
    reader.start();
    terminal.resized(100, 30);
    assertThat(told.get(30, TimeUnit.SECONDS)).isSameAs(reader);
    terminal.inputEnded();
    reader.join();
  }

  @Test
  void impossibleSizesAreMadePossible() {
    terminal.resized(0, 0);
    assertThat(terminal.getSize()).isEqualTo(Size.of(80, 24));
    terminal.resized(10_000, 10_000);
    assertThat(terminal.getSize()).isEqualTo(Size.of(1000, 1000));
    terminal.resized(-5, 3);
    assertThat(terminal.getSize()).isEqualTo(Size.of(80, 3));
  }

  @Test
  void aTerminalThatIsNotKnownIsTakenForXterm() {
    assertThat(terminal("xterm-kitty").getType()).isEqualTo("xterm");
    assertThat(terminal("foot-256color").getType()).isEqualTo("xterm-256color");
    assertThat(terminal("tmux-256color").getType()).isEqualTo("screen-256color");
    assertThat(terminal("-A/etc").getType()).isEqualTo("xterm");
    assertThat(terminal("").getType()).isEqualTo("dumb");
  }

  @Test
  void whoTypesNothingIsWarnedAndThenTheEndIsTold() throws Exception {
    StringBuilder told = new StringBuilder();
    terminal.whenIdle(
        Duration.ofMillis(20),
        Duration.ofMillis(10),
        () -> told.append("warned "),
        () -> {
          told.append("ended");
          terminal.inputEnded();
        });
    assertThat(terminal.reader().read()).isEqualTo(NonBlockingReader.EOF);
    assertThat(told).hasToString("warned ended");
  }

  @Test
  void whoLooksAtAScreenThatIsRedrawnAndTypesNothingIsIdleToo() throws Exception {
    StringBuilder told = new StringBuilder();
    terminal.whenIdle(
        Duration.ofMillis(60),
        Duration.ofMillis(30),
        () -> told.append("warned "),
        () -> {
          told.append("ended");
          terminal.inputEnded();
        });
    int got = NonBlockingReader.READ_EXPIRED;
    for (int looks = 0; got == NonBlockingReader.READ_EXPIRED; looks++) {
      assertThat(looks).isLessThan(10_000);
      got = terminal.reader().read(5);
    }
    assertThat(got).isEqualTo(NonBlockingReader.EOF);
    assertThat(told).hasToString("warned ended");
  }

  @Test
  void outputIsGatheredUntilItIsFlushedAndItsLinesEndInCarriageReturnAndLineFeed() {
    terminal.writer().print("a\nb");
    assertThat(out.size()).isZero();
    terminal.flush();
    assertThat(out).hasToString("a\r\nb");
  }
}
