package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.doveadmsshd.base.TextWidth;
import org.doveadmsshd.brain.format.Formatter;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables, and rows one below the other, as a person sees them at a terminal. */
class TerminalTablesTest {
  private static final String[] CHARACTERS = {
    "a", "b", "ä", "e\u0301", "日", "한", "😀", "\u200b", "\t", "\n", "\u001b", "\u202e", "\ud83d"
  };

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private List<String> lines(String name, int width, List<Column> columns, String... values)
      throws Exception {
    out.reset();
    Formatter formatter = Formatters.fitting(width).make(name, columns, true, out::write);
    formatter.begin();
    for (String value : values) {
      formatter.value(Value.of(value));
    }
    formatter.end();
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void numbersStandToTheRightAndWideCharactersAreAligned() throws Exception {
    List<Column> columns =
        List.of(new Column("mailbox"), new Column("messages", Column.NUMBER), new Column("x"));
    assertThat(lines("table", 80, columns, "日本", "5", "a", "e\u0301", "1200", "b"))
        .containsExactly("mailbox messages x", "日本           5 a", "e\u0301           1200 b");
  }

  @ParameterizedTest
  @CsvSource({
    "80, 'uid subject from', '1 a long subject indeed alice@example.org'",
    "30, 'uid subject    from', '1 a long subj… alice@exampl…'",
    "20, 'uid subject from', '1 a long… alice@e…'",
    "1, 'uid sub… from', '1 a l… ali…'",
  })
  void whatIsTooWideIsCut(int width, String title, String row) throws Exception {
    List<Column> columns =
        List.of(new Column("uid", Column.NUMBER), new Column("subject"), new Column("from"));
    List<String> lines =
        lines("table", width, columns, "1", "a long subject indeed", "alice@example.org");
    assertThat(lines.get(0).replaceAll(" +", " ")).isEqualTo(title.replaceAll(" +", " "));
    assertThat(lines.get(1).strip().replaceAll(" +", " ")).isEqualTo(row);
  }

  @Test
  void aNumberIsNeverCut() throws Exception {
    List<Column> columns = List.of(new Column("size", Column.NUMBER), new Column("name"));
    assertThat(lines("table", 12, columns, "123456789012", "a name"))
        .last()
        .isEqualTo("123456789012 a n…");
  }

  @Test
  void aLineThatCameAfterTheFirstHundredIsCutToo() throws Exception {
    String[] values = new String[101];
    Arrays.fill(values, "abcde");
    values[100] = "abcdefghij";
    assertThat(lines("table", 80, List.of(new Column("x")), values)).last().isEqualTo("abcd…");
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(30); i > 0; i--) {
      text.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
    }
    return text.toString();
  }

  @Test
  void noLineIsWiderThanTheTerminalAndColumnsAreStraight() throws Exception {
    Random random = new Random(815);
    for (int round = 0; round < 500; round++) {
      int count = 1 + random.nextInt(5);
      List<Column> columns = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        columns.add(new Column("|c"));
      }
      String[] values = new String[count * (1 + random.nextInt(10))];
      Arrays.setAll(values, i -> "|" + text(random));
      int width = 5 * count + random.nextInt(60);
      List<String> lines = lines("table", width, columns, values);
      assertThat(lines).hasSize(values.length / count + 1);
      for (String line : lines) {
        assertThat(TextWidth.of(line)).as(line).isLessThanOrEqualTo(width);
        assertThat(line.codePoints()).noneMatch(c -> c < ' ' || c == 0x202e);
        assertThat(bars(line)).as(line).isEqualTo(bars(lines.get(0)));
      }
    }
  }

  /** Columns of the terminal in which cells begin. */
  private static List<Integer> bars(String line) {
    List<Integer> bars = new ArrayList<>();
    for (int at = line.indexOf('|'); at >= 0; at = line.indexOf('|', at + 1)) {
      bars.add(TextWidth.of(line.substring(0, at)));
    }
    return bars;
  }

  @Test
  void rowsBelowOneAnotherHaveARuleBetweenThem() throws Exception {
    List<Column> columns = List.of(new Column("a"), new Column("b"));
    assertThat(lines("pager", 10, columns, "1", "2", "3", "4"))
        .containsExactly("a: 1", "b: 2", "──────────", "a: 3", "b: 4");
  }

  @Test
  void otherFormattersAreThoseOfAPipe() throws Exception {
    List<Column> columns = List.of(new Column("a"), new Column("b", Column.NUMBER));
    for (String name : List.of("flow", "tab", "json", "ndjson")) {
      List<String> terminal = lines(name, 10, columns, "x".repeat(30), "1");
      out.reset();
      Formatter plain = Formatters.plain(10).make(name, columns, true, out::write);
      plain.begin();
      plain.value(Value.of("x".repeat(30)));
      plain.value(Value.of("1"));
      plain.end();
      assertThat(terminal).isEqualTo(out.toString(StandardCharsets.UTF_8).lines().toList());
    }
  }
}
