package org.doveadmsshd.console.script;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptTest {
  private final MemoryBudget.Share memory = new MemoryBudget(4 << 20).all();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private final FakeInterpreter interpreter = new FakeInterpreter();
  private final Script script =
      new Script(interpreter, new Console(InputStream.nullInputStream(), out, error, false, 80));

  /** Of {@code exit 67} that is the exit code; {@code echo} writes its words, {@code cat} input. */
  private static final class FakeInterpreter implements Script.Interpreter {
    final List<List<String>> done = new ArrayList<>();
    Consumer<Consumer<Running>> during = started -> {};
    private boolean isOver;

    @Override
    public int run(List<String> words, Console console, Consumer<Running> started)
        throws IOException {
      done.add(words);
      during.accept(started);
      switch (words.get(0)) {
        case "exit":
          console.error().write("doveadm: Error: of the command\n".getBytes(UTF_8));
          return Integer.parseInt(words.get(1));
        case "echo":
          console.out().write(String.join(" ", words.subList(1, words.size())).getBytes(UTF_8));
          return 0;
        case "cat":
          console.in().transferTo(console.out());
          return 0;
        case "leave":
          isOver = true;
          return words.size() > 1 ? Integer.parseInt(words.get(1)) : 0;
        default:
          return 0;
      }
    }

    @Override
    public List<String> statements() {
      return List.of();
    }

    @Override
    public boolean isOver() {
      return isOver;
    }

    @Override
    public void check(List<String> words, boolean hasInput) throws Failure {
      if (words.get(0).equals("exit") || words.get(0).equals("cat") && !hasInput) {
        throw Failure.usage("not " + words.get(0));
      }
    }
  }

  private int run(String text) throws IOException {
    return script.run(new ByteArrayInputStream(text.getBytes(UTF_8)), memory);
  }

  private int check(String text) throws IOException {
    return script.check(new ByteArrayInputStream(text.getBytes(UTF_8)), memory);
  }

  private static String lines(int count, IntFunction<String> line) {
    return IntStream.rangeClosed(1, count).mapToObj(line).collect(Collectors.joining("\n"));
  }

  @Test
  void nothingButResultsIsOnStandardOutput() throws Exception {
    assertThat(run("# comment\ndoveadm echo a\n/usr/bin/doveadm echo b\n\necho 'c d'")).isZero();
    assertThat(out.toString(UTF_8)).isEqualTo("abc d");
    assertThat(error.toString(UTF_8)).isEmpty();
  }

  @Test
  void theFailingLineOfAThousandEndsTheScript() throws Exception {
    int code = run(lines(1000, i -> i == 500 ? "doveadm exit 67 'a b'" : "echo " + i));
    assertThat(code).isEqualTo(67);
    assertThat(interpreter.done).hasSize(500);
    assertThat(error.toString(UTF_8))
        .isEqualTo(
            "doveadm: Error: of the command\n"
                + "doveadm: Error: line 500: exit **** (exit 67); nothing after it was done\n");
  }

  @ParameterizedTest
  @CsvSource({
    "65 67 68, 65",
    "67 75 68, 75",
    "0 0 0, 0",
    "0 78 0, 78",
  })
  void afterOnErrorContinueItGoesOn(String codes, int expected) throws Exception {
    String[] each = codes.split(" ");
    String text = "on-error continue\n" + lines(each.length, i -> "exit " + each[i - 1]);
    assertThat(run(text + "\necho end")).isEqualTo(expected);
    assertThat(out.toString(UTF_8)).isEqualTo("end");
    assertThat(error.toString(UTF_8).lines().filter(line -> line.contains("line 2: ")).count())
        .isEqualTo(each[0].equals("0") ? 0 : 1);
  }

  @Test
  void itMayBeToldToStopAgain() throws Exception {
    assertThat(run("on-error continue\nexit 68\non-error stop\nexit 65\necho end")).isEqualTo(68);
    assertThat(out.toString(UTF_8)).isEmpty();
    assertThat(error.toString(UTF_8)).contains("line 2: ", "line 4: ");
  }

  @ParameterizedTest
  @CsvSource({"leave, 68", "leave 0, 0", "leave 7, 7"})
  void aCommandMayEndTheScript(String line, int code) throws Exception {
    assertThat(run("on-error continue\nexit 68\n" + line + "\necho end")).isEqualTo(code);
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"on-error", "on-error go", "on-error continue now"})
  void onErrorTakesOneOfTwoWords(String line) throws Exception {
    assertThat(run(line + "\necho end")).isEqualTo(64);
    assertThat(error.toString(UTF_8)).contains("Usage: on-error continue|stop", "line 1: ");
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"echo 'b", "echo b | cat", "echo \0", "cat <<END\nb", "echo b \\", "echo >b"})
  void aLineThatCannotBeReadEndsTheScriptInAnyCase(String line) throws Exception {
    assertThat(run("on-error continue\necho a\n" + line)).isEqualTo(64);
    assertThat(out.toString(UTF_8)).isEqualTo("a");
    assertThat(error.toString(UTF_8))
        .startsWith("doveadm: Error: line 3: ")
        .endsWith("; the script ends here\n")
        .hasLineCount(1);
  }

  @Test
  void aCommandReadsItsHereDocumentAndNeverTheScript() throws Exception {
    assertThat(run("cat <<END\na\nEND\ncat\necho b\n")).isZero();
    assertThat(out.toString(UTF_8)).isEqualTo("a\nb");
  }

  @Test
  void whatMayBeAPasswordIsNotShown() throws Exception {
    interpreter.during =
        started -> {
          throw new IllegalStateException();
        };
    assertThatThrownBy(() -> run("pw -p secret")).isInstanceOf(IllegalStateException.class);
    interpreter.during = started -> {};
    assertThat(run("exit 65 secret \u001b[31m")).isEqualTo(65);
    assertThat(error.toString(UTF_8)).doesNotContain("secret", "\u001b");
  }

  @Test
  void aScriptThatIsStoppedStopsItsCommandAndEnds() throws Exception {
    List<String> cancelled = new ArrayList<>();
    interpreter.during =
        started -> {
          started.accept(() -> cancelled.add("first"));
          script.end(true);
          started.accept(() -> cancelled.add("second"));
        };
    assertThat(run("on-error continue\nexit 75\necho a")).isEqualTo(75);
    assertThat(cancelled).containsExactly("first", "second");
    assertThat(out.toString(UTF_8)).isEmpty();
    assertThat(script.line()).isEqualTo(2);
  }

  @Test
  void aScriptThatBreaksOffDoesNotDoTheCommandItBreaksOffIn() {
    InputStream in =
        new InputStream() {
          private final InputStream begun = new ByteArrayInputStream("echo a\necho b".getBytes());

          @Override
          public int read() throws IOException {
            int next = begun.read();
            if (next < 0) {
              throw new IOException("gone");
            }
            return next;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            bytes[offset] = (byte) read();
            return 1;
          }
        };
    assertThatThrownBy(() -> script.run(in, memory)).hasMessage("gone");
    assertThat(out.toString(UTF_8)).isEqualTo("a");
  }

  @Test
  void aLongScriptIsReadNoFurtherAheadThanAShortOne() throws Exception {
    byte[] line = "echo a # and a comment of some length, so that lines are long".getBytes(UTF_8);
    line[line.length - 1] = '\n';
    long[] read = {0};
    long[] most = {0};
    interpreter.during =
        started -> {
          most[0] = Math.max(most[0], read[0] - interpreter.done.size() * (long) line.length);
          out.reset();
        };
    InputStream in =
        new InputStream() {
          private final long all = 100_000L * line.length;

          @Override
          public int read() {
            return read[0] == all ? -1 : line[(int) (read[0]++ % line.length)];
          }
        };
    assertThat(script.run(in, memory)).isZero();
    assertThat(interpreter.done).hasSize(100_000);
    assertThat(most[0]).isBetween(1L, 8192L);
    assertThat(memory.held()).isZero();
  }

  @Test
  void aCheckSaysEveryMistakeAndDoesNothing() throws Exception {
    String text =
        "echo a\nexit 1\necho 'b\non-error go\ncat <<END\nexit 2\nEND\ncat\non-error stop\nx | y";
    assertThat(check(text)).isEqualTo(64);
    assertThat(interpreter.done).isEmpty();
    assertThat(error.toString(UTF_8).lines().map(line -> line.substring(0, 25)))
        .containsExactly(
            "doveadm: Error: line 2: n",
            "doveadm: Error: line 3: A",
            "doveadm: Error: line 4: U",
            "doveadm: Error: line 8: n",
            "doveadm: Error: line 10: ");
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  @Test
  void aScriptWithoutMistakesPassesTheCheck() throws Exception {
    assertThat(check("echo a\ncat <<END\nEND\n")).isZero();
    assertThat(error.toString(UTF_8)).isEmpty();
  }
}
