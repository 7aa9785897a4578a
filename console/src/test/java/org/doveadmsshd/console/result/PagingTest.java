package org.doveadmsshd.console.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.brain.progress.StatusLine;
import org.doveadmsshd.brain.progress.StatusLines;
import org.doveadmsshd.brain.progress.TerminalStatus;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a person sees of an output, and what the keys do. */
@Timeout(120)
class PagingTest {
  private static final int COLUMNS = 40;
  private static final int ROWS = 6;
  private static final String DOWN = "\033[B";
  private static final String RIGHT = "\033[C";

  private final ShownScreen screen = new ShownScreen(COLUMNS, ROWS);
  private final MemoryBudget budget = new MemoryBudget(64 * 1024 * 1024);
  private final AtomicInteger cancelled = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final CompletableFuture<Void> waited = new CompletableFuture<>();
  private LineDisciplineTerminal terminal;
  private Paging paging;
  private Thread pager;

  @BeforeEach
  void open() throws IOException {
    terminal = new LineDisciplineTerminal("test", "xterm", screen, StandardCharsets.UTF_8);
    terminal.setSize(Size.of(COLUMNS, ROWS));
    Console console =
        new Console(
            InputStream.nullInputStream(),
            terminal.output(),
            terminal.output(),
            new TerminalStatus(terminal.output(), () -> new StatusLines.Size(COLUMNS, ROWS), false),
            true,
            Formatters.fitting(COLUMNS));
    paging = new Paging(terminal, console, budget.all());
    paging.started(
        new Running() {
          @Override
          public void cancel() {}

          @Override
          public boolean isCancelled() {
            return cancelled.get() > 0;
          }

          @Override
          public void waits() {
            waiting.incrementAndGet();
            waited.complete(null);
          }

          @Override
          public void goesOn() {
            waiting.decrementAndGet();
          }
        });
  }

  @AfterEach
  void close() throws Exception {
    if (pager != null) {
      type("q");
      pager.join();
    }
    paging.close();
    terminal.close();
    assertThat(budget.all().held()).isZero();
  }

  private void print(String text) throws IOException {
    OutputStream out = paging.console().guarded().out();
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private void say(String text) throws IOException {
    paging.console().error().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private void status(String... lines) throws IOException {
    List<StatusLine> all = Stream.of(lines).map(line -> new StatusLine(line, false)).toList();
    paging.console().status().show(all);
  }

  private void printLines(int from, int to) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = from; i <= to; i++) {
      text.append("line ").append(i).append('\n');
    }
    print(text.toString());
  }

  private void printMany(int lines) {
    try {
      printLines(1, lines);
      paging.finished();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void show() {
    pager = new Thread(() -> paging.show(cancelled::incrementAndGet), "pager");
    pager.start();
  }

  private void type(String keys) throws IOException {
    terminal.processInputBytes(keys.getBytes(StandardCharsets.UTF_8));
  }

  /** Waits until these are the rows above the status. */
  private void expect(String... rows) throws InterruptedException {
    screen.await(shown -> shown.subList(0, ROWS - 1).equals(List.of(rows)));
  }

  private void expectStatus(String part) throws InterruptedException {
    screen.await(shown -> shown.get(ROWS - 1).contains(part));
  }

  @Test
  void whatFitsIsPrintedAsItComes() throws Exception {
    print("one\n\u001btwo\n");
    screen.await(shown -> shown.subList(0, 2).equals(List.of("one", "\ufffdtwo")));
    print("three");
    paging.finished();
    screen.await(shown -> shown.get(2).equals("three"));
    assertThat(paging.filled()).isNotDone();
    assertThat(screen.all()).doesNotContain("\u001b");
  }

  @Test
  void progressStandsBelowTheLines() throws Exception {
    print("one\n");
    status("fetch: 1 user", "  a  1 user");
    screen.await(
        shown -> shown.subList(0, 3).equals(List.of("one", "fetch: 1 user", "  a  1 user")));
    print("two\n");
    status("fetch: 2 users");
    screen.await(shown -> shown.subList(1, 4).equals(List.of("two", "fetch: 2 users", "")));
    paging.console().status().clear();
    say("fetch: 9 users, 0.1 s\n");
    screen.await(
        shown -> shown.subList(0, 4).equals(List.of("one", "two", "fetch: 9 users, 0.1 s", "")));
  }

  @Test
  void statusLinesStandBelowRowsWhenTheScreenMovesUp() throws Exception {
    OutputStream out = terminal.output();
    TerminalStatus status =
        new TerminalStatus(out, () -> new StatusLines.Size(COLUMNS, ROWS), false);
    for (int i = 1; i < 9; i++) {
      status.clear();
      out.write(("row " + i + "\n").getBytes(StandardCharsets.UTF_8));
      status.show(List.of(new StatusLine("all: " + i, false), new StatusLine("  a: 1", true)));
      status.show(List.of(new StatusLine("all: " + i, true), new StatusLine("  a: 1", false)));
    }
    screen.await(List.of("row 5", "row 6", "row 7", "row 8", "all: 8", "  a: 1")::equals);
    status.show(List.of(new StatusLine("all: 9", false)));
    screen.await(List.of("row 5", "row 6", "row 7", "row 8", "all: 9", "")::equals);
    status.clear();
    screen.await(List.of("row 5", "row 6", "row 7", "row 8", "", "")::equals);
  }

  @Test
  void whatDoesNotFitIsShownAScreenAtATime() throws Exception {
    printLines(1, 12);
    paging.finished();
    paging.filled().join();
    show();
    expect("line 1", "line 2", "line 3", "line 4", "line 5");
    expectStatus("lines 1-5 of 12");
    type(" ");
    expect("line 6", "line 7", "line 8", "line 9", "line 10");
    type(DOWN);
    expect("line 7", "line 8", "line 9", "line 10", "line 11");
    type("G");
    expect("line 8", "line 9", "line 10", "line 11", "line 12");
    expectStatus("(end)");
    type("b");
    expect("line 3", "line 4", "line 5", "line 6", "line 7");
    type("g");
    expect("line 1", "line 2", "line 3", "line 4", "line 5");
    type("x");
    expectStatus("h shows which keys");
    type("h");
    screen.await(shown -> shown.get(0).equals("Keys of the pager"));
    type("x");
    expect("line 1", "line 2", "line 3", "line 4", "line 5");
    type("q");
    pager.join();
    assertThat(cancelled).hasValue(0);
  }

  @Test
  void searchesGoDownAndUp() throws Exception {
    printLines(1, 30);
    paging.finished();
    show();
    type("/LINE 2x\b\n");
    expect("line 2", "line 3", "line 4", "line 5", "line 6");
    type("n");
    expect("line 20", "line 21", "line 22", "line 23", "line 24");
    type("nn");
    expect("line 22", "line 23", "line 24", "line 25", "line 26");
    type("N");
    expect("line 21", "line 22", "line 23", "line 24", "line 25");
    type("?line 1\n");
    expect("line 19", "line 20", "line 21", "line 22", "line 23");
    type("n");
    expect("line 18", "line 19", "line 20", "line 21", "line 22");
    type("/no such\n");
    expectStatus("Not found below: no such");
    expect("line 18", "line 19", "line 20", "line 21", "line 22");
    type("/[(*\n");
    expectStatus("Not found below: [(*");
  }

  @Test
  void whatWasFoundStandsInReverse() throws Exception {
    print("x\n".repeat(20) + "one two one\n");
    paging.finished();
    show();
    type("/ONE\n");
    screen.await(shown -> shown.get(4).equals("one two one"));
    String found = "\u001b[7mone\u001b[0m two \u001b[7mone\u001b[0m";
    screen.await(shown -> screen.all().contains(found)); // its end may come a little later
  }

  /** A line is kept in pieces of 16 KiB. */
  @Test
  void whatLiesAcrossTwoPiecesOfALongLineIsFoundOnceAndShown() throws Exception {
    print("first\n" + "x".repeat(16 * 1024 - 3) + "needle" + "y".repeat(50) + "\nneedle last\n");
    printLines(1, 10);
    paging.finished();
    show();
    screen.await(shown -> shown.get(0).equals("first"));
    type("/eEdL\r");
    String before = "x".repeat((16 * 1024 - 3) % COLUMNS) + "nee";
    screen.await(shown -> shown.get(0).equals(before) && shown.get(1).startsWith("dleyyy"));
    type("n");
    screen.await(shown -> shown.get(0).equals("needle last"));
    type("N");
    screen.await(shown -> shown.get(0).equals(before) && shown.get(1).startsWith("dleyyy"));
    type("N");
    expectStatus("Not found above");
  }

  @Test
  void longAndWideLinesAreWrappedOrCut() throws Exception {
    print("日本".repeat(15) + "\n" + "a\tb\n" + "x\n".repeat(10));
    paging.finished();
    show();
    expect("日本".repeat(10), "日本".repeat(5), "a       b", "x", "x");
    type("w");
    expect("日本".repeat(10), "a       b", "x", "x", "x");
    type(RIGHT);
    expect("日本".repeat(10), "b", "", "", "");
  }

  @Test
  void aTerminalOfAnotherSizeShowsTheSameLines() throws Exception {
    printLines(1, 30);
    paging.finished();
    show();
    type(" ");
    expect("line 6", "line 7", "line 8", "line 9", "line 10");
    terminal.setSize(Size.of(COLUMNS, 4));
    screen.await(
        shown ->
            shown.subList(0, 3).equals(List.of("line 6", "line 7", "line 8"))
                && shown.get(3).contains("lines 6-8"));
  }

  @Test
  void theCommandWaitsForThePagerAndOthersHaveItsPlace() throws Exception {
    CompletableFuture<Void> printed = CompletableFuture.runAsync(() -> printMany(200_000));
    paging.filled().join();
    show();
    expect("line 1", "line 2", "line 3", "line 4", "line 5");
    waited.join();
    assertThat(waiting).hasValue(1);
    assertThat(printed).isNotDone();
    type("/line 150000\n");
    screen.await(shown -> shown.get(0).equals("line 150000"));
    assertThat(printed).isNotDone();
    type("G");
    expect("line 199996", "line 199997", "line 199998", "line 199999", "line 200000");
    printed.join();
    assertThat(waiting).hasValue(0);
    type("g");
    screen.await(shown -> shown.get(0).startsWith("line ") && !shown.get(0).equals("line 199996"));
    assertThat(budget.all().held()).isLessThanOrEqualTo(PagedLines.MOST + PagedLines.AHEAD);
  }

  /** Whoever stops it, and where: it must not lose its connection for an open pager. */
  @Test
  void aCommandThatIsToStopWaitsForNobody() throws Exception {
    CompletableFuture<Void> printed = CompletableFuture.runAsync(() -> printMany(20_000));
    paging.filled().join();
    show();
    waited.join();
    assertThat(printed).isNotDone();
    cancelled.incrementAndGet();
    printed.join();
    expectStatus("lines 1-5 of 20,000");
    assertThat(waiting).hasValue(0);
    cancelled.set(0);
  }

  @Test
  void controlCStopsAWaitThenTheCommandThenThePager() throws Exception {
    printLines(1, 20);
    show();
    type("G");
    expectStatus("on the way to the end");
    type("\u0003");
    expectStatus("Not waited for any longer");
    assertThat(cancelled).hasValue(0);
    type("\u0003");
    expectStatus("The command has been stopped");
    assertThat(cancelled).hasValue(1);
    type("\u0003");
    pager.join();
    assertThat(cancelled).hasValue(1);
  }

  @Test
  void whatIsSaidMeanwhileComesBehind() throws Exception {
    printLines(1, 20);
    show();
    expect("line 1", "line 2", "line 3", "line 4", "line 5");
    status("fetch: 7 users");
    expectStatus("fetch: 7 users");
    say("doveadm(a): Error: no mail\n");
    for (int i = 0; i < 120; i++) {
      say("doveadm: Error: again\n");
    }
    assertThat(screen.all()).doesNotContain("no mail");
    type("q");
    pager.join();
    paging.close();
    assertThat(screen.all())
        .contains("doveadm(a): Error: no mail\r\n")
        .endsWith("doveadm: Error: again\r\ndoveadm: 21 more lines like these\r\n");
  }

  @Test
  void dumbAndTinyTerminalsHaveNoPager() throws Exception {
    assertThat(Paging.isPossible(terminal)).isTrue();
    terminal.setSize(Size.of(COLUMNS, 2));
    assertThat(Paging.isPossible(terminal)).isFalse();
    terminal.setSize(Size.of(0, 0));
    assertThat(Paging.isPossible(terminal)).isFalse();
    try (var dumb = new LineDisciplineTerminal("t", "dumb", screen, StandardCharsets.UTF_8)) {
      dumb.setSize(Size.of(COLUMNS, ROWS));
      assertThat(Paging.isPossible(dumb)).isFalse();
    }
  }
}
