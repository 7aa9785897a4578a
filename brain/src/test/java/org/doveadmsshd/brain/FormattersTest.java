package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.brain.format.Formatter;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real Dovecot 2.3.19 prints for the same rows, where it has the formatter. */
class FormattersTest {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("username", "Username", Column.HIDE_TITLE),
          new Column("uid", Column.NUMBER),
          new Column("hdr", Column.STREAMED));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Formatter formatter(String name, List<Column> columns) throws Exception {
    return Formatters.plain(80).make(name, columns, true, out::write);
  }

  private String printed(Formatter formatter) throws Exception {
    formatter.end();
    return out.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "flow, 'u uid=1 hdr=A: b\n\nu uid=2 hdr=C: d\n\n'",
    "tab, 'Username\tuid\thdr\nu\t1\tA: b\n\nu\t2\tC: d\n\n'",
    "pager, 'u\nuid: 1\nhdr:\nA: b\n\f\nu\nuid: 2\nhdr:\nC: d\n'",
    "json, '[{\"username\":\"u\",\"uid\":\"1\",\"hdr\":\"A: b\\n\"},"
        + "{\"username\":\"u\",\"uid\":\"2\",\"hdr\":\"C: d\\n\"}]'",
    "ndjson, '{\"username\":\"u\",\"uid\":1,\"hdr\":\"A: b\\n\"}\n"
        + "{\"username\":\"u\",\"uid\":2,\"hdr\":\"C: d\\n\"}\n'",
  })
  void rows(String name, String expected) throws Exception {
    Formatter formatter = formatter(name, COLUMNS);
    formatter.begin();
    for (String[] row : new String[][] {{"u", "1", "A: b\n"}, {"u", "2", "C: d\n"}}) {
      for (String value : row) {
        formatter.value(Value.of(value));
      }
    }
    assertThat(printed(formatter)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"flow, ''", "tab, 'Username\tuid\thdr\n'", "pager, ''", "json, []", "ndjson, ''"})
  void noRows(String name, String expected) throws Exception {
    Formatter formatter = formatter(name, COLUMNS);
    formatter.begin();
    assertThat(printed(formatter)).isEqualTo(expected);
  }

  @Test
  void theTableIsAsWideAsDovecots() throws Exception {
    Formatter formatter = formatter("table", List.of(new Column("uid")));
    formatter.begin();
    assertThat(printed(formatter)).isEqualTo("uid" + " ".repeat(38) + "\n");
  }

  @Test
  void tableAlignsAndPads() throws Exception {
    Formatter formatter =
        formatter("table", List.of(new Column("n", Column.RIGHT), new Column("text")));
    formatter.begin();
    for (String value : List.of("1", "äöü", "100", "x")) {
      formatter.value(Value.of(value));
    }
    assertThat(printed(formatter).lines().map(String::stripTrailing))
        .containsExactly("  n text", "  1 äöü", "100 x");
  }

  @ParameterizedTest
  @CsvSource({
    "40, 60, 3 40 35",
    "100, 100, 2 56 53",
    "200, 100, 2 106 53",
    "60, 60, 3 60 15",
    "71, 12, 3 63 9",
    "70, 11, 3 70 5",
    "36, 39, 3 36 39",
    "37, 37, 3 37 37",
  })
  void columnsOfATableThatIsTooWideAreNarrowedAsInDovecot(int first, int second, String widths)
      throws Exception {
    List<Column> columns =
        List.of(new Column("uid"), new Column("hdr.subject"), new Column("hdr.x"));
    Formatter formatter = formatter("table", columns);
    formatter.begin();
    for (int row = 0; row < 101; row++) {
      int[] lengths = {1, row < 100 ? first : 1, row < 100 ? second : 1};
      for (int length : lengths) {
        formatter.value(Value.of("x".repeat(length)));
      }
    }
    String[] wanted = widths.split(" ");
    String last = printed(formatter).lines().reduce((one, next) -> next).orElseThrow();
    int width = Integer.parseInt(wanted[0]) + 1 + Integer.parseInt(wanted[1]) + 1;
    assertThat(last.indexOf("x", Integer.parseInt(wanted[0]) + 2)).isEqualTo(width);
    assertThat(last).hasSize(width + Integer.parseInt(wanted[2]));
  }

  @Test
  void aTableOfLongValuesIsRefusedBeforeAnythingIsPrinted() {
    assertThatThrownBy(() -> formatter("table", COLUMNS)).isInstanceOf(Failure.class);
  }

  @Test
  void jsonReplacesBrokenUtf8AndNdjsonMarksIt() throws Exception {
    byte[] latin1 = {'G', 'r', (byte) 0xfc, 'n'};
    Formatter json = formatter("json", List.of(new Column("x")));
    json.begin();
    json.value(Value.of(latin1));
    json.value(Value.ABSENT);
    assertThat(printed(json)).isEqualTo("[{\"x\":\"Gr\ufffdn\"},{\"x\":null}]");
    out.reset();
    Formatter ndjson = formatter("ndjson", List.of(new Column("x")));
    ndjson.value(Value.of(latin1));
    ndjson.value(Value.ABSENT);
    assertThat(printed(ndjson)).isEqualTo("{\"x\":{\"base64\":\"R3L8bg==\"}}\n{\"x\":null}\n");
  }

  @ParameterizedTest
  @CsvSource({
    "F09F9880, F09F9880",
    "1B7F0B080C, 5C75303031627F5C75303030625C625C66",
    "E9A0, EFBFBDEFBFBD",
    "E9A078, EFBFBDEFBFBD78",
    "F09F98, EFBFBDEFBFBDEFBFBD",
    "EDA080, EFBFBDEFBFBDEFBFBD",
    "F4908080C080, EFBFBDEFBFBDEFBFBDEFBFBDEFBFBDEFBFBD",
    "E9C3A9, EFBFBDC3A9",
    "EFBFBFE280AAE280A8, EFBFBFE280AA5C7532303238",
  })
  void jsonIsEscapedAsByDovecot(String value, String expected) throws Exception {
    byte[] bytes = HexFormat.of().parseHex(value);
    for (boolean inPieces : new boolean[] {false, true}) {
      out.reset();
      Formatter formatter = formatter("json", List.of(new Column("x")));
      formatter.begin();
      for (int i = 0; inPieces && i < bytes.length; i++) {
        formatter.chunk(ByteBuffer.wrap(bytes, i, 1), i == bytes.length - 1);
      }
      if (!inPieces) {
        formatter.value(Value.of(bytes));
      }
      formatter.end();
      String printed = HexFormat.of().withUpperCase().formatHex(out.toByteArray());
      assertThat(printed).isEqualTo("5B7B2278223A22" + expected + "227D5D");
    }
  }

  @Test
  void valuesInPiecesAreOneValue() throws Exception {
    byte[] bytes = "schön \u2028 \"x\"\n".getBytes(StandardCharsets.UTF_8);
    for (String name : List.of("json", "ndjson", "flow")) {
      out.reset();
      Formatter formatter = formatter(name, List.of(new Column("x")));
      formatter.begin();
      for (int i = 0; i < bytes.length; i++) {
        formatter.chunk(ByteBuffer.wrap(bytes, i, 1), i == bytes.length - 1);
      }
      String base64 = java.util.Base64.getEncoder().encodeToString(bytes);
      assertThat(printed(formatter))
          .isEqualTo(
              switch (name) {
                case "json" -> "[{\"x\":\"schön \\u2028 \\\"x\\\"\\n\"}]";
                case "ndjson" -> "{\"x\":{\"base64\":\"" + base64 + "\"}}\n";
                default -> "x=schön \u2028 \"x\"\n\n";
              });
    }
  }

  @Test
  void aRowThatBreaksOffIsClosedSoThatTheNextOneIsWhole() throws Exception {
    Formatter formatter = formatter("ndjson", COLUMNS);
    formatter.value(Value.of("u"));
    formatter.value(Value.of("1"));
    formatter.chunk(ByteBuffer.wrap(new byte[] {1, 2}), false);
    formatter.abandonRow();
    formatter.value(Value.of("v"));
    formatter.abandonRow();
    assertThat(printed(formatter))
        .isEqualTo(
            "{\"username\":\"u\",\"uid\":1,\"hdr\":{\"base64\":\"AQI=\"}}\n"
                + "{\"username\":\"v\",\"uid\":null,\"hdr\":null}\n");
  }

  @Test
  void aTableNamesAllColumnsAsSoonAsOneWantsAHeading() throws Exception {
    List<Column> columns =
        List.of(new Column("mailbox", Column.HIDE_TITLE), new Column("messages", Column.NUMBER));
    Formatter formatter = formatter("table", columns);
    formatter.begin();
    for (String value : List.of("Archive.2025", "5", "Trash", "12")) {
      formatter.value(Value.of(value));
    }
    assertThat(printed(formatter).lines().map(String::stripTrailing))
        .containsExactly("mailbox      messages", "Archive.2025 5", "Trash        12");
  }

  @Test
  void aTableOfHiddenTitlesHasNoHeading() throws Exception {
    Formatter formatter = formatter("table", List.of(new Column("mailbox", Column.HIDE_TITLE)));
    formatter.begin();
    formatter.value(Value.of("Trash"));
    assertThat(printed(formatter).strip()).isEqualTo("Trash");
  }

  /** Gives the last of three values whole, or cut behind each byte. */
  private String row(String name, List<Column> columns, String last, boolean inPieces)
      throws Exception {
    out.reset();
    Formatter formatter = formatter(name, columns);
    formatter.begin();
    for (int row = 0; row < 2; row++) {
      formatter.value(Value.of("u"));
      byte[] bytes = last.getBytes(StandardCharsets.UTF_8);
      if (inPieces) {
        for (int i = 0; i < bytes.length; i++) {
          formatter.chunk(ByteBuffer.wrap(bytes, i, 1), i == bytes.length - 1);
        }
      } else {
        formatter.value(Value.of(bytes));
      }
      formatter.value(Value.of("7"));
    }
    return printed(formatter);
  }

  @ParameterizedTest
  @CsvSource({
    "flow, 0",
    "flow, 8",
    "tab, 0",
    "tab, 8",
    "pager, 0",
    "pager, 1",
    "pager, 8",
    "json, 0",
    "json, 8",
  })
  void whetherAValueComesInPiecesCannotBeSeen(String name, int flags) throws Exception {
    List<Column> columns =
        List.of(new Column("user"), new Column("text", "Text", flags), new Column("uid"));
    String whole = row(name, columns, "schön\n und \"mehr\"", false);
    assertThat(whole).contains("mehr");
    assertThat(row(name, columns, "schön\n und \"mehr\"", true)).isEqualTo(whole);
  }

  @Test
  void aTableSaysThatAValueIsTooLongForIt() throws Exception {
    List<Column> columns = List.of(new Column("user"), new Column("text"), new Column("uid"));
    String table = row("table", columns, "a long text", true);
    assertThat(table.lines().map(line -> line.strip().replaceAll(" +", " ")))
        .containsExactly("user text uid", "u (too long) 7", "u (too long) 7");
  }

  @Test
  void aTableComesOutFromItsHundredthRowOnAndHasEachRowOnce() throws Exception {
    Formatter formatter = formatter("table", List.of(new Column("n")));
    formatter.begin();
    for (int row = 1; row <= 99; row++) {
      formatter.value(Value.of(row));
    }
    assertThat(out.size()).isZero();
    formatter.value(Value.of(100));
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(101);
    formatter.value(Value.of(101));
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(102);
    assertThat(printed(formatter).lines().skip(1).map(line -> Integer.valueOf(line.strip())))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 101).boxed().toList());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "9, 9",
    "190, 190",
    "-5, -5",
    "'', '\"\"'",
    "-, '\"-\"'",
    "5-, '\"5-\"'",
    "5-5, '\"5-5\"'",
    "--5, '\"--5\"'",
    "/1, '\"/1\"'",
    "1:, '\"1:\"'",
    "1.5, '\"1.5\"'",
    "unlimited, '\"unlimited\"'",
  })
  void whatIsNoNumberIsAStringInNdjsonWhateverItsColumn(String value, String shown)
      throws Exception {
    Formatter formatter = formatter("ndjson", List.of(new Column("n", Column.NUMBER)));
    formatter.value(Value.of(value));
    assertThat(printed(formatter)).isEqualTo("{\"n\":" + shown + "}\n");
  }

  @Test
  void aDigitIsAStringInNdjsonWhereTheColumnIsNoNumber() throws Exception {
    Formatter formatter = formatter("ndjson", List.of(new Column("n")));
    formatter.value(Value.of("5"));
    assertThat(printed(formatter)).isEqualTo("{\"n\":\"5\"}\n");
  }

  @Test
  void aRowOfNdjsonIsHandedOnAsSoonAsItIsWhole() throws Exception {
    Formatter formatter = formatter("ndjson", List.of(new Column("a"), new Column("b")));
    formatter.value(Value.of("1"));
    formatter.value(Value.of("2"));
    assertThat(out.toString(StandardCharsets.UTF_8).strip()).isEqualTo("{\"a\":\"1\",\"b\":\"2\"}");
  }

  @Test
  void lookupsOfUsersAreFieldsBelowAHeadingAndAnEmptyLineIsBetweenTwoUsers() throws Exception {
    List<Column> columns = List.of(new Column("user"), new Column("field"), new Column("value"));
    Formatter formatter = formatter("user", columns);
    formatter.begin();
    for (String value : List.of("a", "uid", "1", "a", "home", "/a", "b", "uid", "2")) {
      formatter.value(Value.of(value));
    }
    assertThat(printed(formatter))
        .isEqualTo("field\tvalue\nuid\t1\nhome\t/a\n\nfield\tvalue\nuid\t2\n");
  }

  @Test
  void oneFieldOfUsersIsItsBareValueAndMayComeInPieces() throws Exception {
    Formatter formatter = formatter("user", List.of(new Column("user"), new Column("value")));
    formatter.begin();
    formatter.value(Value.of("a"));
    formatter.value(Value.of("/a"));
    formatter.value(Value.of("b"));
    formatter.chunk(ByteBuffer.wrap(new byte[] {'/'}), false);
    formatter.chunk(ByteBuffer.wrap(new byte[] {'b'}), true);
    assertThat(printed(formatter)).isEqualTo("/a\n\n/b\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"flow", "tab", "table", "pager", "json", "ndjson"})
  void aFormatterThatCanBeChosenCanBeHad(String name) throws Exception {
    Formatters.check(name);
    Formatter formatter = formatter(name, List.of(new Column("user"), new Column("x")));
    formatter.begin();
    formatter.value(Value.of("u"));
    formatter.value(Value.of("there"));
    assertThat(printed(formatter)).contains("there");
  }

  @Test
  void anUnknownFormatterIsRefusedWithTheNamesOfAll() {
    assertThatThrownBy(() -> Formatters.check("xml"))
        .hasMessage("Unknown formatter: xml (there are: flow tab table pager json ndjson)")
        .satisfies(e -> assertThat(((Failure) e).outcome().exitCode()).isEqualTo(75));
  }
}
