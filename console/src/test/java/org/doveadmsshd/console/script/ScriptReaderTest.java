package org.doveadmsshd.console.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.CommandLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptReaderTest {
  private final MemoryBudget.Share memory = new MemoryBudget(4 << 20).all();

  /** A command and what it reads. */
  private record Read(List<String> words, String input) {}

  private ScriptReader reader(String script) {
    return new ScriptReader(
        new ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8)), memory);
  }

  private List<Read> all(ScriptReader reader) throws Failure, IOException {
    List<Read> all = new ArrayList<>();
    for (Optional<ScriptLine> next; (next = reader.next()).isPresent(); ) {
      try (ScriptLine line = next.get();
          InputStream input = line.input()) {
        String text = new String(input.readAllBytes(), StandardCharsets.ISO_8859_1);
        all.add(new Read(line.words(), text));
      }
    }
    assertThat(memory.held()).isZero();
    return all;
  }

  private static Read read(String input, String... words) {
    return new Read(List.of(words), input);
  }

  @Test
  void aCommandStandsOnALine() throws Exception {
    assertThat(all(reader("#!/bin/x\n\na b\n  # c\n\nd 'e f'\ng \\\n h")))
        .containsExactly(read("", "a", "b"), read("", "d", "e f"), read("", "g", "h"));
    assertThat(all(reader(""))).isEmpty();
    assertThat(all(reader("\n\n#"))).isEmpty();
  }

  @Test
  void linesMayEndAsOnWindows() throws Exception {
    assertThat(all(reader("\ufeffa b\r\nc \\\r\nd\r\n\r\nsave <<END\r\nx\r\nEND\r\ne")))
        .containsExactly(
            read("", "a", "b"), read("", "c", "d"), read("x\r\n", "save"), read("", "e"));
  }

  @Test
  void aHereDocumentIsTakenAsItIs() throws Exception {
    String body = "To: $USER\n\n`x` \\\n# 'none\nEND \n ENDE\nEN\n\tEND\n\n";
    assertThat(all(reader("save <<END\n" + body + "END\nb\n")))
        .containsExactly(read(body, "save"), read("", "b"));
    assertThat(all(reader("save <<-END\n\t\ta\n \tb\n\t\tEND\nb")))
        .containsExactly(read("a\n \tb\n", "save"), read("", "b"));
    assertThat(all(reader("save <<END\nEND"))).containsExactly(read("", "save"));
  }

  @Test
  void aHereDocumentMayHaveAnyBytesAndAnyLength() throws Exception {
    byte[] body = new byte[3 << 20];
    new Random(1).nextBytes(body);
    body[body.length - 1] = '\n';
    ByteArrayOutputStream script = new ByteArrayOutputStream();
    script.writeBytes("save <<an-end\n".getBytes(StandardCharsets.UTF_8));
    script.writeBytes(body);
    script.writeBytes("an-end\n".getBytes(StandardCharsets.UTF_8));
    List<Read> all = all(new ScriptReader(new ByteArrayInputStream(script.toByteArray()), memory));
    assertThat(all.get(0).input()).isEqualTo(new String(body, StandardCharsets.ISO_8859_1));
  }

  @Test
  void theLineIsKnownWhereACommandBegins() throws Exception {
    ScriptReader reader = reader("a\n\n# b\nc \\\nd\nsave <<E\n1\n2\nE\ne\nf 'g\n");
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      numbers.add(reader.next().orElseThrow().number());
    }
    assertThat(numbers).containsExactly(1L, 4L, 6L, 10L);
    assertThatThrownBy(reader::next).hasMessage("A quote is not closed: '");
    assertThat(reader.number()).isEqualTo(11);
    assertThat(reader.next()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a \\",
        "a \\\n",
        "a 'b",
        "save <<END\ntext\n",
        "save <<END",
        "save <<END\nEND \n",
        "save <<\ntext\n",
        "<<END\ntext\nEND\n",
        "a\0b\n",
        "a \ud800\n",
        "save | cat <<END\ntext\nEND\n",
      })
  void whatIsNoCommandIsRefused(String script) {
    ScriptReader reader = reader(script.replace("\ud800", "\0"));
    assertThatThrownBy(reader::next)
        .isInstanceOf(Failure.class)
        .satisfies(e -> assertThat(((Failure) e).outcome()).isEqualTo(Outcome.USAGE));
    assertThat(reader.number()).isEqualTo(1);
    assertThat(memory.held()).isZero();
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] script = "a\nb\nc \u00ff\nd".getBytes(StandardCharsets.ISO_8859_1);
    ScriptReader reader = new ScriptReader(new ByteArrayInputStream(script), memory);
    assertThatThrownBy(() -> all(reader)).hasMessageContaining("not UTF-8");
    assertThat(reader.number()).isEqualTo(3);
  }

  @Test
  void afterAMistakeTheNextCommandIsRead() throws Exception {
    ScriptReader reader = reader("save | cat <<END\nexpunge -A all\nEND\nb");
    assertThatThrownBy(reader::next)
        .hasMessageStartingWith("No shell of the system reads this line");
    assertThat(all(reader)).containsExactly(read("", "b"));
  }

  @Test
  void aLineThatIsTooLongIsRefusedWithoutHoldingIt() throws Exception {
    String longest = "x".repeat(CommandLine.MAX_LENGTH);
    assertThat(all(reader(longest + "\n"))).containsExactly(read("", longest));
    ScriptReader reader = reader(longest.repeat(4) + "\na\n");
    assertThatThrownBy(reader::next).hasMessageContaining("longer than 262144 bytes");
    assertThat(all(reader)).containsExactly(read("", "a"));
  }

  @Test
  void aLineForWhichThereIsNoMemoryIsATemporaryFailure() {
    MemoryBudget.Share little = new MemoryBudget(40_000).all();
    InputStream in = new ByteArrayInputStream("x".repeat(200_000).getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> new ScriptReader(in, little).next())
        .isInstanceOf(Failure.class)
        .satisfies(e -> assertThat(((Failure) e).outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE));
    assertThat(little.held()).isZero();
  }

  @Test
  void aCommandIsGivenOutBeforeTheNextHasCome() throws Exception {
    InputStream in =
        new InputStream() {
          private final InputStream first = new ByteArrayInputStream("a b\n".getBytes());

          @Override
          public int read() {
            throw new UnsupportedOperationException();
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            int got = first.read(bytes, offset, length);
            if (got < 0) {
              throw new IOException("read further than needed");
            }
            return got;
          }
        };
    ScriptReader reader = new ScriptReader(in, memory);
    assertThat(reader.next().orElseThrow().words()).containsExactly("a", "b");
    assertThatThrownBy(reader::next).hasMessage("read further than needed");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverIsWrittenIsRead(long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      WrittenScript script = new WrittenScript(random);
      List<Read> expected = new ArrayList<>();
      for (int n = random.nextInt(6); n > 0; n--) {
        expected.add(written(script, random));
      }
      assertThat(all(new ScriptReader(script.inPieces(), memory))).isEqualTo(expected);
    }
  }

  private static Read written(WrittenScript script, Random random) {
    script.comments();
    List<String> words = script.words();
    String input = random.nextInt(3) == 0 ? script.input() : "";
    script.command(words, input);
    return new Read(words, input);
  }
}
