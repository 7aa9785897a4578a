package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.brain.format.Formatter;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a real Dovecot 2.3.19 prints for the same rows, where it has the formatter. */
class FormattersTest {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("username", "Username", Column.HIDE_TITLE),
          new Column("uid", Column.NUMBER),
          new Column("hdr", Column.STREAMED));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Formatter formatter(String name, List<Column> columns) throws Exception {
    return Formatters.of(name, columns, out::write, true, 80);
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
}
