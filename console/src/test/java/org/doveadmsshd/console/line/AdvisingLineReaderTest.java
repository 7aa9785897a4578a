package org.doveadmsshd.console.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.reader.LineReader;
import org.jline.terminal.Size;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What JLine makes of it: keys go in, a line comes out, and all that was shown is kept. */
@Timeout(60)
class AdvisingLineReaderTest {
  private static final String ENTER = "\r";

  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

  private String read(String keys, Surroundings surroundings, Size size) throws IOException {
    var in = new ByteArrayInputStream(keys.getBytes(StandardCharsets.UTF_8));
    try (var terminal = new DumbTerminal("test", "xterm", in, shown, StandardCharsets.UTF_8)) {
      terminal.setSize(size);
      AdvisingLineReader reader =
          new AdvisingLineReader(terminal, "test", Cursor.VOCABULARY, surroundings);
      reader.setOpt(LineReader.Option.DISABLE_EVENT_EXPANSION);
      return reader.readLine("> ");
    }
  }

  private String read(String keys) throws IOException {
    return read(keys + ENTER, Village.OF_BOB, Size.of(100, 30));
  }

  private String shown() {
    return shown.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '^',
      value = {
        "sea⇥ → search",
        "mailbox ren⇥ → mailbox rename",
        "search savedb⇥30d → search savedbefore 30d",
        "search savedb⇥3⇥ → search savedbefore 30d",
        "expunge mailbox H⇥ → expunge mailbox Häuser\\ \\&\\ \\\"Höfe\\\"",
        "expunge mailbox 'H⇥ → expunge mailbox 'Häuser & \"Höfe\"'",
        "fetch \"uid fl⇥\" all → fetch \"uid flags\" all",
        "flags add '\\S⇥' all → flags add '\\Seen' all",
        "flags add \\S⇥all → flags add \\\\Seen all",
        "search -u p⇥all → search -u per\\ o\\'neil all",
      })
  void tabCompletesWhatCanBeOnlyOneThing(String keys, String line) throws IOException {
    assertThat(read(keys.replace('⇥', '\t')).strip()).isEqualTo(line);
  }

  /** Who is asked for names, and answers when he has been asked so often. */
  private static Surroundings slow(int questions) {
    AtomicInteger asked = new AtomicInteger();
    Names names = Village.OF_BOB.names();
    Names slow =
        new Names() {
          @Override
          public Found users(String begin) {
            return asked.incrementAndGet() < questions ? Found.LATE : names.users(begin);
          }

          @Override
          public Found mailboxes(String user) {
            return names.mailboxes(user);
          }

          @Override
          public Found keywords(String user) {
            return names.keywords(user);
          }

          @Override
          public List<String> servers() {
            return names.servers();
          }
        };
    return new Surroundings() {
      @Override
      public Optional<String> user() {
        return Optional.empty();
      }

      @Override
      public boolean hasColours() {
        return false;
      }

      @Override
      public void check(List<String> words) {}

      @Override
      public Names names() {
        return slow;
      }
    };
  }

  @Test
  void theFirstTabWaitsAMomentForNames() throws Exception {
    try (PipedOutputStream keys = new PipedOutputStream();
        var in = new PipedInputStream(keys);
        var terminal = new DumbTerminal("test", "xterm", in, shown, StandardCharsets.UTF_8)) {
      terminal.setSize(Size.of(100, 30));
      var reader = new AdvisingLineReader(terminal, "test", Cursor.VOCABULARY, slow(3));
      CompletableFuture<String> line = CompletableFuture.supplyAsync(() -> reader.readLine("> "));
      keys.write("search -u p\t".getBytes(StandardCharsets.UTF_8));
      keys.flush();
      while (!shown().contains("neil")) {
        Thread.onSpinWait();
      }
      keys.write("\r".getBytes(StandardCharsets.UTF_8));
      keys.flush();
      assertThat(line.get().strip()).isEqualTo("search -u per\\ o\\'neil");
    }
  }

  @Test
  void whoTypesOnIsNotHeldUpByNames() throws IOException {
    assertThat(read("search -u p\tx all\r", slow(Integer.MAX_VALUE), Size.of(100, 30)))
        .isEqualTo("search -u px all");
  }

  @Test
  void ofSeveralWordsWhatIsCommonIsPutIn() throws IOException {
    assertThat(read("search mailbox S\t")).startsWith("search mailbox Sent");
    assertThat(shown()).contains("Mail");
  }

  @Test
  void aLineBelowSaysWhatIsExpected() throws IOException {
    assertThat(read("search savedbefore 30d")).isEqualTo("search savedbefore 30d");

    assertThat(shown()).contains("savedbefore <date>: it came into the mailbox before that, e.g.");
  }

  @Test
  void aMistakeIsUnderlinedAndItsSentenceShownBeforeEnter() throws IOException {
    read("search savedbefor 30d");

    assertThat(shown())
        .contains("Unknown search key: savedbefor (did you mean savedbefore?)")
        .containsPattern("\u001b\\[[0-9;]*\\b4[;m][^\u001b]*savedbefor");
  }

  @Test
  void thereIsNoColourWhereNoneIsWanted() throws IOException {
    read(
        "search savedbefor 30d un\t" + ENTER, new Village(Village.OF_BOB.user(), false), size(100));

    assertThat(shown())
        .doesNotContainPattern("\u001b\\[[0-9;]*\\b(3[0-7]|9[0-7])[0-9;]*m")
        .contains("savedbefor");
  }

  @Test
  void whatIsPastedDoesNotDriveTheTerminal() throws IOException {
    String line = read("\u001b[200~search subject \u001b[2J\u202e\u009b\u001b[201~");

    assertThat(line).isEqualTo("search subject \ufffd[2J\ufffd\ufffd");
    assertThat(shown()).doesNotContain("\u202e", "\u009b", "subject \u001b[2J");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 40, 10_000})
  void anyTerminalWillDo(int columns) throws IOException {
    for (int rows : new int[] {0, 1, 2, 3, 10_000}) {
      String line =
          read("search savedbefor 30d sea\t" + ENTER, Village.OF_BOB, Size.of(columns, rows));
      assertThat(line).startsWith("search savedbefor 30d sea");
    }
  }

  @Test
  void aLineOfAMegabyteIsReadWithoutBeingLookedAt() throws IOException {
    String text = "from x ".repeat(150_000);

    String line = read("\u001b[200~search " + text + "\u001b[201~\t");

    assertThat(line).startsWith("search from x").hasSizeGreaterThan(1_000_000);
  }

  private static Size size(int columns) {
    return Size.of(columns, 30);
  }
}
