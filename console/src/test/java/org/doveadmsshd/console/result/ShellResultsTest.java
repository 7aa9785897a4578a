package org.doveadmsshd.console.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Invocation;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.brain.format.Formatter;
import org.doveadmsshd.console.CommandRunner;
import org.doveadmsshd.console.Shell;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the shell does with results: a person types, and sees. */
@Timeout(120)
class ShellResultsTest {
  private static final int COLUMNS = 60;
  private static final int ROWS = 8;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final MemoryBudget budget = new MemoryBudget(64 * 1024 * 1024);
  private final ShownScreen screen = new ShownScreen(COLUMNS, ROWS);
  private final Rows runner = new Rows();
  private LineDisciplineTerminal terminal;
  private Future<Integer> shell;

  /** Prints as many rows as it is told to, whatever the command. */
  private final class Rows implements CommandRunner {
    private final List<List<String>> lines = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private volatile int rows = 3;
    private volatile boolean mayWrite;

    @Override
    public String master() {
      return "admin";
    }

    @Override
    public int run(
        List<String> words, List<String> servers, Console console, Consumer<Running> started)
        throws IOException {
      lines.add(words);
      started.accept(cancelled::countDown);
      OutputStream out = console.guarded().out();
      try {
        String format = Invocation.parse(words).formatter().orElse("tab");
        List<Column> columns =
            List.of(new Column("mailbox"), new Column("messages", Column.NUMBER));
        Formatter printer = console.formatters().make(format, columns, true, out::write);
        printer.begin();
        for (int i = 1; i <= rows && cancelled.getCount() > 0; i++) {
          printer.value(Value.of("box" + i));
          printer.value(Value.of(i * 7 % 10));
        }
        printer.end();
      } catch (Failure e) {
        console.complain(e.getMessage());
        return e.outcome().exitCode();
      }
      out.flush();
      ended.countDown();
      return 0;
    }

    @Override
    public MemoryBudget.Share memory() {
      return budget.all();
    }

    @Override
    public OutputStream create(String name) throws Failure, IOException {
      if (!mayWrite) {
        return CommandRunner.super.create(name);
      }
      file.writeBytes((name + ":").getBytes(StandardCharsets.UTF_8));
      return file;
    }

    @Override
    public List<String> servers() {
      return List.of();
    }

    @Override
    public void listUsers(UserMask mask, Consumer<String> taker) {}
  }

  @BeforeEach
  void open() throws Exception {
    terminal = new LineDisciplineTerminal("test", "xterm", screen, StandardCharsets.UTF_8);
    terminal.setSize(Size.of(COLUMNS, ROWS));
    Shell opened = new Shell(terminal, runner, threads, Optional.empty());
    shell = threads.submit(() -> run(opened));
    screen.await(shown -> shown.get(0).startsWith("admin>"));
  }

  private static int run(Shell shell) {
    try {
      return shell.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void close() throws Exception {
    type("q\025exit\r"); // leaves whatever has the screen, then the shell
    shell.get(60, TimeUnit.SECONDS);
    terminal.close();
    threads.shutdownNow();
  }

  private void type(String keys) throws IOException {
    terminal.processInputBytes(keys.getBytes(StandardCharsets.UTF_8));
  }

  /** Types a line, and waits until these are the last lines before the prompt that follows. */
  private void expect(String line, String... shown) throws Exception {
    type(line + "\r");
    screen.await(
        rows -> {
          List<String> there = rows.stream().filter(row -> !row.isEmpty()).toList();
          int end = there.size() - 1;
          return end > shown.length
              && there.get(end).equals("admin>")
              && there.get(end - shown.length - 1).endsWith(line)
              && there.subList(end - shown.length, end).equals(List.of(shown));
        });
  }

  @Test
  void theLastResultIsShownAgainAndNoServerIsAsked() throws Exception {
    expect("last", "doveadm: Error: There is no result yet: run a command that p", "rints one");
    expect("mailbox list -A", "mailbox messages", "box1    7", "box2    4", "box3    1");
    expect("last -f flow --columns messages", "messages=7", "messages=4", "messages=1");
    expect(
        "last --sort messages --where m*=x",
        "doveadm: Error: The last result has no column m* (there are:",
        " mailbox, messages)");
    expect("last --sort messages --where mailbox=*[", "mailbox messages");
    expect(
        "last -f flow --sort 'messages desc' --columns mailbox",
        "mailbox=box1",
        "mailbox=box2",
        "mailbox=box3");
    expect(
        "last -f xml",
        "doveadm: Error: Unknown formatter: xml (there are: flow tab",
        "table pager json ndjson)");
    assertThat(runner.lines).hasSize(1);
  }

  @Test
  void valuesAreShownOneBelowTheOther() throws Exception {
    runner.rows = 2;
    String rule = "─".repeat(40);
    String[] rows = {"mailbox: box1", "messages: 7", rule, "mailbox: box2", "messages: 4"};
    expect("mailbox list -A \\G", rows);
    expect("last -f tab", "mailbox messages", "box1    7", "box2    4");
    expect("last\\G", rows);
    assertThat(runner.lines).containsExactly(List.of("-f", "pager", "mailbox", "list", "-A"));
  }

  @Test
  void whoWantsNoPagerSeesAllThatComesWithoutAKey() throws Exception {
    expect("set pager off");
    runner.rows = 12;
    type("mailbox list -A\r");
    screen.await(
        rows -> rows.get(ROWS - 1).equals("admin>") && rows.get(ROWS - 2).startsWith("box12 "));
    type("last -f tab\r");
    screen.await(rows -> rows.contains("admin> last -f tab") || rows.get(0).startsWith("box7"));
    screen.await(
        rows -> rows.get(ROWS - 1).equals("admin>") && rows.get(ROWS - 2).startsWith("box12 "));
    expect("set pager maybe", "doveadm: Error: Invalid pager: maybe (on or off)");
  }

  @Test
  void whoMayHaveFilesSavesTheLastResult() throws Exception {
    runner.mayWrite = true;
    expect("mailbox list -A", "mailbox messages", "box1    7", "box2    4", "box3    1");
    expect("last --columns mailbox -f json > 'my boxes'");
    assertThat(runner.file)
        .hasToString(
            "my boxes:[{\"mailbox\":\"box1\"},{\"mailbox\":\"box2\"},{\"mailbox\":\"box3\"}]");
  }

  @Test
  void aServerWritesNoFiles() throws Exception {
    expect("mailbox list -A", "mailbox messages", "box1    7", "box2    4", "box3    1");
    type("last -o /etc/passwd\r");
    screen.await(rows -> String.join("", rows).contains("The server writes no files for you"));
    type("mailbox list -A > boxes\r");
    screen.await(rows -> String.join("", rows).contains("> saves the last result only"));
    assertThat(runner.lines).hasSize(1);
  }

  @Test
  void whoLeavesACommandThatOnlyReadsStopsIt() throws Exception {
    runner.rows = 1_000_000;
    type("mailbox list -A\r");
    screen.await(rows -> rows.get(ROWS - 1).contains("lines 1-7"));
    assertThat(runner.cancelled.getCount()).isOne();
    type("q");
    runner.cancelled.await();
  }

  @Test
  void whoLeavesACommandThatChangesSomethingLetsItGoOn() throws Exception {
    runner.rows = 100_000;
    type("mailbox create -A x\r");
    screen.await(rows -> rows.get(ROWS - 1).contains("lines 1-7"));
    type("q");
    runner.ended.await();
    assertThat(runner.cancelled.getCount()).isOne();
  }

  @Test
  void aCommandIsWatchedUntilSomebodyLeaves() throws Exception {
    type("watch 1s who\r");
    screen.await(rows -> rows.get(0).contains("every 1s: who") && rows.get(4).equals("box3    1"));
    runner.rows = 1;
    screen.await(rows -> rows.get(2).equals("box1    7") && rows.get(4).isEmpty());
    runner.rows = 20;
    screen.await(rows -> rows.get(ROWS - 1).contains("15 more lines"));
    type("q");
    screen.await(rows -> rows.stream().filter("admin>"::equals).count() == 1);
    assertThat(runner.lines).hasSizeGreaterThan(2).containsOnly(List.of("who"));
  }

  @Test
  void whatChangesSomethingIsNotWatched() throws Exception {
    type("watch 5s expunge -A mailbox x all\r");
    screen.await(rows -> String.join("", rows).contains("only commands that change nothing"));
    screen.await(rows -> rows.contains("admin>"));
    type("watch 10ms who\r");
    screen.await(rows -> String.join("", rows).contains("invalid time: 10ms"));
    assertThat(runner.lines).isEmpty();
  }

  @Test
  void aQueryIsExplainedForTheUsersThatAreChosen() throws Exception {
    type("use alice\r");
    type("explain mailbox INBOX unseen\r");
    screen.await(rows -> rows.contains("box1    7"));
    assertThat(runner.lines)
        .containsExactly(
            List.of("search", "-u", "alice", "--explain", "--", "mailbox", "INBOX", "unseen"));
  }
}
