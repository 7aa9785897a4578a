package org.doveadmsshd.console.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.format.Formatter;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastResultTest {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("username", "Username", Column.HIDE_TITLE),
          new Column("mailbox"),
          new Column("messages", Column.NUMBER));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final MemoryBudget budget = new MemoryBudget(64 * 1024 * 1024);
  private final LastResult last = new LastResult(budget.all());
  private final Console console =
      new Console(InputStream.nullInputStream(), out, OutputStream.nullOutputStream(), false, 80);

  private Formatter formatter(String name, List<Column> columns) throws Exception {
    return last.keeping(console).formatters().make(name, columns, true, out::write);
  }

  private void run(String formatter, List<Column> columns, String... values) throws Exception {
    Formatter printer = formatter(formatter, columns);
    printer.begin();
    for (String value : values) {
      printer.value(value.equals("-") ? Value.ABSENT : Value.of(value));
    }
    printer.end();
  }

  private void run() throws Exception {
    run(
        "tab", COLUMNS, "bob", "INBOX", "9", "alice", "Trash", "100", "Alice", "INBOX", "10",
        "carl", "INBOX", "-");
    out.reset();
  }

  private String shown(Arrangement arrangement, String name) throws Exception {
    out.reset();
    Result result = arrangement.applied(last.get());
    result.print(name, console.formatters(), out::write, () -> false);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static Arrangement arrangement(String sort, String where, String columns) {
    return new Arrangement(
        Optional.ofNullable(sort),
        where == null ? List.of() : List.of(where.split(" ")),
        Optional.ofNullable(columns));
  }

  @Test
  void theCommandPrintsTheSame() throws Exception {
    run("tab", COLUMNS, "bob", "INBOX", "9");
    assertThat(out).hasToString("Username\tmailbox\tmessages\nbob\tINBOX\t9\n");
  }

  @ParameterizedTest
  @CsvSource({
    "tab, 'Username\tmailbox\tmessages\nbob\tINBOX\t9\n'",
    "flow, 'bob mailbox=INBOX messages=9\n'",
    "json, '[{\"username\":\"bob\",\"mailbox\":\"INBOX\",\"messages\":\"9\"}]'",
    "ndjson, '{\"username\":\"bob\",\"mailbox\":\"INBOX\",\"messages\":9}\n'",
    "pager, 'bob\nmailbox: INBOX\nmessages: 9\n'",
  })
  void aResultIsShownAgainInAnyFormat(String formatter, String expected) throws Exception {
    run("tab", COLUMNS, "bob", "INBOX", "9");
    assertThat(last.get().formatter()).isEqualTo("tab");
    assertThat(shown(arrangement(null, null, null), formatter)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "messages, bob Alice alice carl",
    "messages asc, bob Alice alice carl",
    "messages desc, carl alice Alice bob",
    "mailbox, bob Alice carl alice",
    "USERNAME, Alice alice bob carl",
    "'  username   desc', carl bob alice Alice",
  })
  void rowsAreSorted(String sort, String users) throws Exception {
    run();
    assertThat(shown(arrangement(sort, null, "username"), "flow").replace('\n', ' ').strip())
        .isEqualTo(users);
  }

  @ParameterizedTest
  @CsvSource({
    "mailbox=inbox, bob Alice carl",
    "mailbox=T*, alice",
    "username=?LICE, alice Alice",
    "mailbox=INBOX username=*l*, Alice carl",
    "messages=10*, alice Alice",
    "messages=, carl",
    "mailbox=x, ''",
  })
  void rowsAreFiltered(String where, String users) throws Exception {
    run();
    assertThat(shown(arrangement(null, where, "username"), "flow").replace('\n', ' ').strip())
        .isEqualTo(users);
  }

  @Test
  void columnsAreChosenAndOrdered() throws Exception {
    run("tab", COLUMNS, "bob", "INBOX", "9");
    assertThat(shown(arrangement(null, null, "messages, Username"), "tab"))
        .isEqualTo("messages\tUsername\n9\tbob\n");
  }

  @ParameterizedTest
  @CsvSource({
    "size, , , 'The last result has no column size (there are: username, mailbox, messages)'",
    "messages down, , , '--sort takes <column> and perhaps desc behind it, not: messages down'",
    ", mailbox, , '--where takes <column>=<mask>, not: mailbox'",
    ", =x, , '--where takes <column>=<mask>, not: =x'",
    ", , 'mailbox,', 'The last result has no column  (there are: username, mailbox, messages)'",
  })
  void whatIsWrongIsSaid(String sort, String where, String columns, String why) throws Exception {
    run();
    assertThatThrownBy(() -> arrangement(sort, where, columns).applied(last.get()))
        .isInstanceOf(Failure.class)
        .hasMessage(why);
  }

  @Test
  void withoutAResultThereIsNone() {
    assertThatThrownBy(last::get).isInstanceOf(Failure.class).hasMessageContaining("no result yet");
  }

  @Test
  void onlyTheLastResultIsKept() throws Exception {
    String large = "x".repeat(60_000);
    for (int i = 0; i < 100; i++) {
      run("flow", List.of(new Column("a")), large, large, i + "");
    }
    assertThat(last.get().rows()).hasSize(3).last().isEqualTo(List.of(Value.of("99")));
    assertThat(budget.all().held()).isLessThan(200_000);
    last.close();
    assertThat(budget.all().held()).isZero();
  }

  @Test
  void aResultThatIsTooLargeIsPrintedAndNotKept() throws Exception {
    String[] values = new String[100];
    java.util.Arrays.fill(values, "x".repeat(60_000));
    run("flow", List.of(new Column("a")), values);
    assertThat(out.size()).isGreaterThan(6_000_000);
    assertThat(budget.all().held()).isZero();
    assertThatThrownBy(last::get).isInstanceOf(Failure.class).hasMessageContaining("too large");
    run("flow", List.of(new Column("a")), "small");
    assertThat(last.get().rows()).hasSize(1);
  }

  @Test
  void nothingIsKeptWhereThereIsNoMemory() throws Exception {
    MemoryBudget.Share all = budget.all();
    assertThat(all.tryTake(all.most())).isTrue();
    String[] values = new String[10];
    java.util.Arrays.fill(values, "x".repeat(60_000));
    run("flow", List.of(new Column("a")), values);
    assertThatThrownBy(last::get).hasMessageContaining("when memory is short");
    assertThat(all.held()).isEqualTo(all.most());
  }

  /** A command that nobody waits for any more may go on beside the next one. */
  @Test
  void aCommandThatGoesOnBesideTheNextOneKeepsNothing() throws Exception {
    Formatter first = formatter("flow", List.of(new Column("a")));
    run("flow", List.of(new Column("a")), "of the second");
    first.value(Value.of("of the first"));
    assertThat(out).hasToString("a=of the second\na=of the first\n");
    assertThat(last.get().rows()).containsExactly(List.of(Value.of("of the second")));
  }

  @Test
  void valuesInPiecesAndRowsThatBreakOffAreKept() throws Exception {
    Formatter printer = formatter("flow", List.of(new Column("a"), new Column("b")));
    printer.value(Value.of("1"));
    printer.chunk(ByteBuffer.wrap("x-abc".getBytes(StandardCharsets.UTF_8), 2, 2), false);
    printer.chunk(ByteBuffer.wrap(new byte[] {'c'}), true);
    printer.value(Value.of("2"));
    printer.abandonRow();
    printer.end();
    assertThat(last.get().rows())
        .containsExactly(
            List.of(Value.of("1"), Value.of("abc")), List.of(Value.of("2"), Value.ABSENT));
    assertThat(out).hasToString("a=1 b=abc\na=2 b=\n");
  }

  @Test
  void itEndsWhenSomebodyStopsIt() throws Exception {
    run();
    last.get().print("flow", console.formatters(), out::write, () -> out.size() > 0);
    assertThat(out.toString(StandardCharsets.UTF_8)).hasLineCount(1);
  }
}
