package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the printer puts out, when, and in which pieces. */
@Timeout(60)
class PrintedRowsTest {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("a", Column.HIDE_TITLE),
          new Column("b", Column.HIDE_TITLE),
          new Column("c", Column.HIDE_TITLE));
  private static final List<Column> WITH_USER =
      List.of(new Column("user", Column.HIDE_TITLE), new Column("a", Column.HIDE_TITLE));

  private final Pieces out = new Pieces();
  private final MemoryBudget budget = new MemoryBudget(64 << 20);

  /** Notes what it is given at a time. */
  private static final class Pieces extends OutputStream {
    final List<Integer> sizes = new ArrayList<>();
    final ByteArrayOutputStream all = new ByteArrayOutputStream();
    int flushed;

    @Override
    public void write(int b) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      sizes.add(length);
      all.write(bytes, offset, length);
    }

    @Override
    public void flush() {
      flushed++;
    }

    String text() {
      return all.toString(StandardCharsets.UTF_8);
    }
  }

  private static Console console(OutputStream out) {
    return new Console(
        InputStream.nullInputStream(), out, OutputStream.nullOutputStream(), false, 80);
  }

  private Printer printer(List<Column> columns, boolean namesUser) throws Exception {
    return new Printer(
        budget.all(), console(out), new Printer.Layout("flow", columns, namesUser, true));
  }

  private static Message row(Value... values) {
    return new Message.Row(1, List.of(values));
  }

  private static Message chunk(String text, boolean last) {
    ByteBuffer data = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    return new Message.Chunk(1, last, data);
  }

  private static Message one(String text) {
    return row(Value.of(text));
  }

  private static List<Message> rows(String... texts) {
    List<Message> rows = new ArrayList<>();
    for (String text : texts) {
      rows.add(one(text));
    }
    return rows;
  }

  @Test
  void valuesThatComeInPiecesStandWhereTheirColumnIs() throws Exception {
    Printer printer = printer(COLUMNS, false);
    List<Message> messages =
        List.of(
            row(Value.CHUNKED, Value.of("2"), Value.CHUNKED),
            chunk("1", false),
            chunk("1", true),
            chunk("3", true),
            row(Value.of("4"), Value.CHUNKED, Value.of("6")),
            chunk("5", true),
            row(Value.of("7"), Value.of("8"), Value.of("9")));
    printer.finished(0, "joe", messages, 0);
    printer.end(false);
    assertThat(out.text()).isEqualTo("11 2 3\n4 5 6\n7 8 9\n");
  }

  @Test
  void aRowThatBreaksOffIsEndedBeforeTheNextUsers() throws Exception {
    Printer printer = printer(COLUMNS, false);
    List<Message> broken =
        List.of(row(Value.CHUNKED, Value.of("2"), Value.CHUNKED), chunk("1", false));
    printer.finished(0, "joe", broken, 0);
    printer.acquire(1);
    printer.print("jane", row(Value.CHUNKED, Value.of("5"), Value.of("6")));
    printer.print("jane", chunk("4", false));
    printer.release();
    printer.finished(2, "jim", List.of(row(Value.of("7"), Value.of("8"), Value.of("9"))), 0);
    printer.end(false);
    assertThat(out.text().lines().map(String::strip)).containsExactly("1", "4", "7 8 9");
  }

  @Test
  void rowsNameTheUserWhenThereAreSeveral() throws Exception {
    Printer printer = printer(WITH_USER, true);
    printer.finished(0, "joe", rows("1", "2"), 0);
    printer.acquire(1);
    printer.print("jane", one("3"));
    printer.release();
    printer.end(false);
    assertThat(out.text()).isEqualTo("joe 1\njoe 2\njane 3\n");
  }

  @Test
  void whatHasNoColumnsPrintsNothing() throws Exception {
    Printer printer = printer(List.of(), false);
    printer.finished(0, "joe", rows("1"), 0);
    printer.acquire(1);
    printer.print("jane", one("2"));
    printer.release();
    printer.end(false);
    assertThat(out.text()).isEmpty();
  }

  @Test
  void whoIsDoneWhileAnotherPrintsComesBehindHimInOrder() throws Exception {
    Printer printer = printer(WITH_USER.subList(1, 2), false);
    printer.acquire(0);
    printer.finished(2, "c", rows("3"), 0);
    printer.finished(1, "b", rows("2"), 0);
    printer.print("a", one("1"));
    assertThat(printer.tick()).isFalse();
    printer.print("a", one("1"));
    printer.release();
    printer.finished(3, "d", rows("4"), 0);
    printer.tick();
    assertThat(out.text()).isEqualTo("1\n1\n2\n3\n4\n");
  }

  @Test
  void atTheEndWhoWaitsIsPrintedThoughAnEarlierUserIsMissing() throws Exception {
    Printer printer = printer(WITH_USER.subList(1, 2), false);
    printer.finished(5, "f", rows("5"), 0);
    printer.finished(3, "d", rows("3"), 0);
    printer.end(false);
    assertThat(out.text()).isEqualTo("3\n5\n");
    assertThat(out.flushed).isPositive();
  }

  @Test
  void moreThanFourMegabytesDoNotWaitForAnEarlierUser() throws Exception {
    Printer printer = printer(WITH_USER.subList(1, 2), false);
    int half = 2 * 1024 * 1024;
    assertThat(budget.all().tryTake(2 * half + 1)).isTrue();
    printer.finished(1, "b", rows("1"), half);
    printer.finished(2, "c", rows("2"), half);
    printer.finished(3, "d", rows("3"), 1);
    printer.tick();
    assertThat(out.text()).startsWith("1\n");
    assertThat(budget.all().held()).isLessThanOrEqualTo(half + 1);
    printer.end(false);
    assertThat(out.text()).isEqualTo("1\n2\n3\n");
    assertThat(budget.all().held()).isZero();
  }

  @Test
  void whatGathersGoesOutInPiecesOfAPacket() throws Exception {
    Printer printer = printer(WITH_USER.subList(1, 2), false);
    for (int i = 0; i < 1000; i++) {
      printer.finished(i, "u", rows("x".repeat(99)), 0);
    }
    assertThat(out.sizes).hasSize(3).allSatisfy(size -> assertThat(size).isBetween(31_900, 32_000));
    printer.tick();
    assertThat(out.all.size()).isEqualTo(100_000);
    int pieces = out.sizes.size();
    printer.tick();
    assertThat(out.sizes).as("nothing new").hasSize(pieces);
    printer.end(false);
    assertThat(out.sizes).hasSize(pieces);
  }

  @ParameterizedTest
  @ValueSource(ints = {31_997, 31_998, 31_999, 32_000, 32_001, 100_000})
  void aLongValueKeepsItsPlaceBetweenShortOnes(int length) throws Exception {
    Printer printer = printer(WITH_USER.subList(1, 2), false);
    printer.finished(0, "u", rows("a", "b".repeat(length), "c"), 0);
    printer.end(false);
    assertThat(out.text()).isEqualTo("a\n" + "b".repeat(length) + "\nc\n");
  }

  @Test
  void aTickSaysWhetherAnotherThreadPrints() throws Exception {
    Printer printer = printer(WITH_USER.subList(1, 2), false);
    assertThat(printer.tick()).isTrue();
    printer.acquire(0);
    printer.print("a", one("1"));
    int flushed = out.flushed;
    assertThat(printer.tick()).isFalse();
    assertThat(out.flushed).isEqualTo(flushed);
    printer.release();
    assertThat(printer.tick()).isTrue();
    assertThat(out.text()).isEqualTo("1\n");
  }

  @Test
  void whoBreaksOffDoesNotKeepThePrinter() throws Exception {
    Printer printer = printer(WITH_USER.subList(1, 2), false);
    printer.acquire(0);
    printer.releaseBroken();
    printer.acquire(1);
    printer.release();
    assertThat(printer.tick()).isTrue();
  }

  @Test
  void memoryOfRowsIsGivenBackAlsoWhenTheReaderIsGone() throws Exception {
    OutputStream gone =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("gone");
          }
        };
    List<Column> columns = List.of(new Column("a"));
    Printer printer =
        new Printer(budget.all(), console(gone), new Printer.Layout("flow", columns, false, true));
    assertThat(budget.all().tryTake(1000)).isTrue();
    List<Message> rows = rows("x".repeat(40_000));
    assertThatThrownBy(() -> printer.finished(0, "a", rows, 1000)).hasMessage("gone");
    assertThat(budget.all().held()).isZero();
    assertThat(printer.tick()).as("nobody prints any more").isTrue();
  }

  @Test
  void whatAFormatHasAtItsEndIsPrintedToo() throws Exception {
    List<Column> columns = List.of(new Column("a"));
    Printer printer =
        new Printer(budget.all(), console(out), new Printer.Layout("json", columns, false, true));
    printer.finished(0, "joe", rows("1"), 0);
    printer.end(false);
    assertThat(out.text().strip()).isEqualTo("[{\"a\":\"1\"}]");
  }

  @Test
  void titlesComeBeforeTheFirstRowThoughThereIsNone() throws Exception {
    List<Column> columns = List.of(new Column("a", "Title", 0));
    Printer printer =
        new Printer(budget.all(), console(out), new Printer.Layout("tab", columns, false, true));
    printer.end(false);
    assertThat(out.text()).isEqualTo("Title\n");
  }
}
