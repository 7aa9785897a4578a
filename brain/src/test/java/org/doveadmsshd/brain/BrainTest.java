package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs over servers that do what a test tells them. */
@Timeout(60)
class BrainTest {
  private static final Message.Columns COLUMNS =
      new Message.Columns(
          1,
          List.of(
              new Column("mailbox-guid", Column.HIDE_TITLE),
              new Column("uid", Column.HIDE_TITLE | Column.NUMBER)));

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private MemoryBudget budget = new MemoryBudget(64 * 1024 * 1024);
  private Patience patience = Patience.STANDARD;
  private volatile Run run;
  private Here here = command -> {};
  private Consumer<Running> begun = started -> {};

  /** Whether what is carried out here may be. */
  private interface Here {
    void on(String command) throws Failure;
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** What a server does with one user. */
  private interface Work {
    void on(Assignment.Attempt assignment) throws IOException;
  }

  /** A server whose lanes are threads of the test. */
  private class FakeServer implements Server {
    private final String name;
    private final List<String> users;
    private final int lanes;
    private final Work work;

    FakeServer(String name, List<String> users, int lanes, Work work) {
      this.name = name;
      this.users = users;
      this.lanes = lanes;
      this.work = work;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public boolean mayHave(String user) {
      return true;
    }

    @Override
    public void listUsers(UserMask mask, Consumer<String> taker) {
      users.stream().filter(mask::matches).forEach(taker);
    }

    @Override
    public void work(UserQueue queue, int limit) throws Failure {
      CountDownLatch working = new CountDownLatch(lanes);
      for (int i = 0; i < lanes; i++) {
        threads.execute(
            () -> {
              try {
                for (Assignment next; (next = queue.take()) != null; ) {
                  work.on(next.attempt(() -> {}));
                }
              } catch (IOException e) {
                run.broken(e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                working.countDown();
              }
            });
      }
      try {
        working.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void cancel() {}

    @Override
    public void abandon() {}
  }

  private static void rows(Assignment.Attempt assignment, int count) throws IOException {
    assignment.send(COLUMNS);
    for (int i = 1; i <= count; i++) {
      assignment.send(new Message.Row(1, List.of(Value.of("g"), Value.of(i))));
    }
    assignment.send(new Message.Done(1, Outcome.OK, "", Map.of("matched", (long) count), 10));
  }

  private int run(OutputStream to, String input, List<Server> servers, String... words)
      throws IOException {
    Console console =
        new Console(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), to, error, false, 80);
    Brain.Resources resources =
        new FixedResources(servers, budget) {
          @Override
          public void checkHere(String command) throws Failure {
            here.on(command);
          }
        };
    return new Brain(threads, Clock.systemUTC(), new About("doveadm"), patience)
        .run(List.of(words), console, resources, this::begun);
  }

  private void begun(Running started) {
    run = started instanceof Run ? (Run) started : null;
    begun.accept(started);
  }

  private int run(List<Server> servers, String... words) throws IOException {
    return run(out, "", servers, words);
  }

  private static void nothing(Assignment.Attempt assignment) throws IOException {
    assignment.send(new Message.Done(1, Outcome.OK, "", Map.of(), 10));
  }

  private static List<String> users(int count) {
    List<String> users = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      users.add("user%04d".formatted(i));
    }
    return users;
  }

  @Test
  void everyUserIsDoneOnceAndHisRowsStayTogether() throws Exception {
    List<Server> servers =
        List.of(new FakeServer("s", users(2000), 8, assignment -> rows(assignment, 3)));
    assertThat(run(servers, "search", "-A", "all")).isZero();
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(6000);
    List<String> owners = new ArrayList<>();
    for (int i = 0; i < 6000; i += 3) {
      String owner = lines.get(i).split(" ")[0];
      assertThat(lines.subList(i, i + 3))
          .containsExactly(owner + " g 1", owner + " g 2", owner + " g 3");
      owners.add(owner);
    }
    assertThat(owners).containsExactlyInAnyOrderElementsOf(users(2000));
    assertThat(error.toString(StandardCharsets.UTF_8)).contains("2,000 users, 6,000 matched");
  }

  @Test
  void aNameThatNobodyCanHaveFailsByItselfAndNoServerHearsOfIt() throws Exception {
    List<String> asked = Collections.synchronizedList(new ArrayList<>());
    Server server =
        new FakeServer(
            "s",
            List.of("a", "b\u0007", "c"),
            1,
            assignment -> {
              asked.add(assignment.request(1).user());
              rows(assignment, 1);
            });
    String file = "a\n" + "x".repeat(256) + "\nev\u001bil\nb\n";
    assertThat(run(out, file, List.of(server), "search", "-F", "-", "all")).isEqualTo(67);
    assertThat(asked).containsExactly("a", "b");
    assertThat(error.toString(StandardCharsets.UTF_8))
        .contains("No user is called \"ev\ufffdil\"")
        .doesNotContain("\u001b");
    asked.clear();
    assertThat(run(List.of(server), "search", "-A", "all")).isEqualTo(67);
    assertThat(asked).containsExactly("a", "c");
    assertThat(run(List.of(server), "search", "-u", "", "all")).isEqualTo(64);
    assertThat(run(List.of(server), "search", "-u", "a\u0000*", "all")).isEqualTo(64);
  }

  @Test
  void oneLaneDoesUsersInTheOrderOfTheList() throws Exception {
    Server server = new FakeServer("s", users(2000), 1, assignment -> rows(assignment, 1));
    assertThat(run(List.of(server), "search", "-A", "all")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8).lines().map(line -> line.split(" ")[0]))
        .containsExactlyElementsOf(users(2000));
  }

  @Test
  void aSlowUserDoesNotHoldUpTheOthers() throws Exception {
    CountDownLatch others = new CountDownLatch(99);
    Work work =
        assignment -> {
          if (assignment.user().equals("user0001")) {
            try {
              others.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          } else {
            others.countDown();
          }
          rows(assignment, 1);
        };
    assertThat(run(List.of(new FakeServer("s", users(100), 2, work)), "search", "-A", "all"))
        .isZero();
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(100);
  }

  @Test
  void aBigUserIsStreamedWholeBetweenTheOthers() throws Exception {
    Work work = a -> rows(a, a.user().equals("user0005") ? 50_000 : 2);
    assertThat(run(List.of(new FakeServer("s", users(20), 4, work)), "search", "-A", "all"))
        .isZero();
    List<String> owners =
        out.toString(StandardCharsets.UTF_8).lines().map(line -> line.split(" ")[0]).toList();
    List<String> changes = new ArrayList<>();
    for (String owner : owners) {
      if (changes.isEmpty() || !changes.get(changes.size() - 1).equals(owner)) {
        changes.add(owner);
      }
    }
    assertThat(owners).hasSize(50_000 + 19 * 2);
    assertThat(changes).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void oneFailureDoesNotStopTheOthersAndDecidesTheExitCode() throws Exception {
    Work work =
        assignment -> {
          switch (assignment.user()) {
            case "user0002" -> assignment.fail(Outcome.NOT_FOUND, "no mailbox");
            case "user0003" -> assignment.fail(Outcome.DATA_ERROR, "bad data");
            default -> rows(assignment, 1);
          }
        };
    assertThat(run(List.of(new FakeServer("s", users(5), 1, work)), "search", "-A", "all"))
        .isEqualTo(68);
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(3);
    assertThat(error.toString(StandardCharsets.UTF_8))
        .contains("doveadm(user0002): Error: no mailbox")
        .contains("5 users, 3 matched, 2 failed");
  }

  @Test
  void aTemporaryFailureOverridesEarlierOnes() throws Exception {
    Work work =
        assignment ->
            assignment.fail(
                assignment.user().equals("user0001")
                    ? Outcome.NOT_FOUND
                    : Outcome.TEMPORARY_FAILURE,
                "x");
    assertThat(run(List.of(new FakeServer("s", users(2), 1, work)), "search", "-A", "all"))
        .isEqualTo(75);
  }

  @Test
  void whatALostLaneHadNotBegunIsDoneByAnother() throws Exception {
    List<String> lost = Collections.synchronizedList(new ArrayList<>());
    Work work =
        assignment -> {
          assignment.request(1);
          if (assignment.user().endsWith("7") && !lost.contains(assignment.user())) {
            lost.add(assignment.user());
            assignment.lost("connection lost");
          } else {
            rows(assignment, 1);
          }
        };
    assertThat(run(List.of(new FakeServer("s", users(50), 4, work)), "search", "-A", "all"))
        .isZero();
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(50).doesNotHaveDuplicates();
  }

  @Test
  void aServerThatIsDownFailsOnlyItsOwnUsers() throws Exception {
    Server down =
        new FakeServer("down", List.of("d1", "d2"), 1, null) {
          @Override
          public void work(UserQueue queue, int limit) throws Failure {
            throw new Failure(Outcome.TEMPORARY_FAILURE, "Server down: refused");
          }
        };
    Server up = new FakeServer("up", users(5), 2, assignment -> rows(assignment, 1));
    assertThat(run(List.of(down, up), "search", "-A", "all")).isEqualTo(75);
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(5);
    assertThat(error.toString(StandardCharsets.UTF_8)).contains("Server down: refused");
  }

  @Test
  void aNamedUserIsLookedForOnOneServerAfterTheOther() throws Exception {
    Work nobody = assignment -> assignment.fail(Outcome.NO_USER, "User doesn't exist");
    Server first = new FakeServer("first", List.of(), 1, nobody);
    Server second = new FakeServer("second", List.of(), 1, assignment -> rows(assignment, 1));
    assertThat(run(List.of(first, second), "search", "-u", "x", "all")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("g 1\n");
    assertThat(run(List.of(first), "search", "-u", "x", "all")).isEqualTo(67);
  }

  @Test
  void namesComeFromStandardInputAndUnknownOnesAreSkipped() throws Exception {
    Work work =
        assignment -> {
          if (assignment.user().equals("gone")) {
            assignment.fail(Outcome.NO_USER, "User doesn't exist");
          } else {
            rows(assignment, 1);
          }
        };
    Server server = new FakeServer("s", List.of(), 2, work);
    assertThat(run(out, "b\n\ngone\r\na", List.of(server), "search", "-F", "-", "all")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("b g 1\na g 1\n");
    assertThat(error.toString(StandardCharsets.UTF_8))
        .contains("doveadm(gone): Info: User no longer");
  }

  @Test
  void nobodyIsAnErrorUnlessAllowed() throws Exception {
    Server server = new FakeServer("s", List.of(), 1, assignment -> rows(assignment, 1));
    assertThat(run(List.of(server), "search", "-u", "x*", "all")).isEqualTo(67);
    assertThat(run(List.of(server), "search", "-A", "--allow-empty", "all")).isZero();
  }

  @Test
  void aReaderWhoIsGoneEndsTheRun() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("gone");
          }
        };
    Server server = new FakeServer("s", users(500), 4, assignment -> rows(assignment, 500));
    assertThatThrownBy(() -> run(closed, "", List.of(server), "search", "-A", "all"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aStoppedReaderStopsTheWorkersAndNothingIsLost() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    AtomicInteger begun = new AtomicInteger();
    Work work =
        assignment -> {
          begun.incrementAndGet();
          rows(assignment, 1000);
        };
    Server server = new FakeServer("s", users(2000), 4, work);
    threads.execute(
        () -> {
          int last = -1;
          while (begun.get() != last || last == 0) { // until no further user is begun
            last = begun.get();
            java.util.concurrent.locks.LockSupport.parkNanos(500_000_000L);
          }
          reading.countDown();
        });
    assertThat(run(readAfter(reading), "", List.of(server), "search", "-A", "all")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(2_000_000);
  }

  @Test
  void cancellingBeginsNoFurtherUsers() throws Exception {
    List<String> begun = Collections.synchronizedList(new ArrayList<>());
    Work work =
        assignment -> {
          begun.add(assignment.user());
          run.cancel();
          rows(assignment, 1);
        };
    assertThat(run(List.of(new FakeServer("s", users(1000), 1, work)), "search", "-A", "all"))
        .isEqualTo(75);
    assertThat(begun).hasSize(1);
    assertThat(error.toString(StandardCharsets.UTF_8)).contains("Stopped");
  }

  /** Never comes back, as a thread that waits for a dead file server. */
  private static void stick(Assignment.Attempt attempt) {
    attempt.begun();
    while (true) {
      LockSupport.park();
    }
  }

  @Test
  void aWorkerThatDoesNotAnswerCostsItsUserAndNobodyElse() throws Exception {
    patience = new Patience(Duration.ofMillis(200), Duration.ofSeconds(5));
    Work work =
        attempt -> {
          if (attempt.user().equals("user0002")) {
            stick(attempt);
          }
          rows(attempt, 1);
        };
    Server server = new FakeServer("s", users(20), 4, work);
    assertThat(run(List.of(server), "search", "-A", "--timeout", "100ms", "all")).isEqualTo(75);
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(19);
    assertThat(error.toString(StandardCharsets.UTF_8))
        .contains("doveadm(user0002): Error: The worker does not answer")
        .contains("20 users, 19 matched, 1 failed");
  }

  @Test
  void aRunThatIsStoppedEndsAlsoWhenAWorkerDoesNot() throws Exception {
    patience = new Patience(Duration.ofSeconds(5), Duration.ofMillis(200));
    Work work =
        attempt -> {
          run.cancel();
          stick(attempt);
        };
    Server server = new FakeServer("s", users(600), 2, work);
    assertThat(run(List.of(server), "search", "-A", "all")).isEqualTo(75);
    assertThat(error.toString(StandardCharsets.UTF_8))
        .contains("Stopped")
        .containsPattern("search: 0 users, [12] stopped, [0-9]+ not reached");
  }

  @Test
  void anAttemptThatWasGivenUpCountsNoMore() throws Exception {
    patience = new Patience(Duration.ofMillis(100), Duration.ofSeconds(5));
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch late = new CountDownLatch(1);
    Work work =
        attempt -> {
          if (attempt.user().equals("user0001")) {
            attempt.begun();
            await(ended);
            rows(attempt, 5); // comes back after all
            late.countDown();
          } else {
            rows(attempt, 1);
          }
        };
    Server server =
        new FakeServer("s", users(3), 2, work) {
          @Override
          public void abandon() {
            ended.countDown();
          }
        };
    assertThat(run(List.of(server), "search", "-A", "--timeout", "50ms", "all")).isEqualTo(75);
    assertThat(late.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(2);
  }

  /**
   * An output that nobody reads before the latch is open; then what comes stands in {@link #out}.
   */
  private OutputStream readAfter(CountDownLatch reading) {
    return new OutputStream() {
      @Override
      public void write(int b) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        BrainTest.await(reading);
        out.write(bytes, offset, length);
      }
    };
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void aFaultOfAServerEndsTheRunWithAFailureOfItsUsers() throws Exception {
    Server faulty =
        new FakeServer("faulty", users(3), 1, null) {
          @Override
          public void work(UserQueue queue, int limit) {
            throw new StackOverflowError();
          }
        };
    assertThat(run(List.of(faulty), "search", "-A", "all")).isEqualTo(75);
    assertThat(error.toString(StandardCharsets.UTF_8)).contains("3 users, 3 failed");
  }

  private FakeServer down(String name, String... users) {
    return new FakeServer(name, List.of(users), 1, null) {
      @Override
      public void work(UserQueue queue, int limit) throws Failure {
        throw new Failure(Outcome.TEMPORARY_FAILURE, "Server " + name + ": refused");
      }
    };
  }

  @Test
  void aServerThatIsDownIsNoFailureForAUserWhoIsFoundElsewhere() throws Exception {
    Server up = new FakeServer("up", List.of(), 1, assignment -> rows(assignment, 1));
    assertThat(run(List.of(down("a"), up), "search", "-u", "x", "all")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("g 1\n");
    assertThat(error.toString(StandardCharsets.UTF_8)).contains("Server a: refused");
  }

  @Test
  void aServerThatNobodyNeedsIsNotAsked() throws Exception {
    Server up = new FakeServer("up", List.of(), 1, assignment -> rows(assignment, 1));
    assertThat(run(List.of(up, down("a")), "search", "-u", "x", "all")).isZero();
    assertThat(error.size()).isZero();
  }

  @Test
  void aUserWhomNobodyKnowsMayBeOnTheServerThatIsDown() throws Exception {
    Work nobody = assignment -> assignment.fail(Outcome.NO_USER, "User doesn't exist");
    Server up = new FakeServer("up", List.of(), 1, nobody);
    assertThat(run(List.of(down("a"), up), "search", "-u", "x", "all")).isEqualTo(75);
    assertThat(error.toString(StandardCharsets.UTF_8))
        .contains("doveadm(x): Error: No server that answers knows this user");
  }

  @Test
  void whatIsToBeSaidOfHundredsIsSaidOnceWithTheirNumber() throws Exception {
    Work work = assignment -> assignment.fail(Outcome.NOT_FOUND, "Mailbox Trash: doesn't exist");
    Server server = new FakeServer("s", users(500), 4, work);
    assertThat(run(List.of(server), "search", "-A", "all")).isEqualTo(68);
    assertThat(error.toString(StandardCharsets.UTF_8).lines())
        .hasSize(12)
        .contains("doveadm: 490 more users (-v names them): Mailbox Trash: doesn't exist");
    error.reset();
    assertThat(run(List.of(server), "-v", "search", "-A", "all")).isEqualTo(68);
    assertThat(error.toString(StandardCharsets.UTF_8).lines())
        .filteredOn(line -> line.contains(": Error: "))
        .hasSize(500);
  }

  @Test
  void whatWorkersSayOfHundredsOfMailsIsSaidOnceWithTheirNumber() throws Exception {
    Work work =
        assignment -> {
          for (int mail = 1; mail <= 30; mail++) {
            String text = "Mailbox INBOX: mail 17%d.M1P1.h:2,S (UID %d): Permission denied";
            Message.Log.Level level = Message.Log.Level.ERROR;
            assignment.send(new Message.Log(1, level, text.formatted(mail, mail)));
          }
          assignment.fail(Outcome.TEMPORARY_FAILURE, "Mailbox INBOX: 1 mail cannot be read");
        };
    Server server = new FakeServer("s", users(50), 4, work);
    assertThat(run(List.of(server), "search", "-A", "all")).isEqualTo(75);
    assertThat(error.toString(StandardCharsets.UTF_8).lines())
        .hasSize(10 + 10 + 3)
        .contains(
            "doveadm: 1,490 more errors (-v shows them): Mailbox INBOX: mail … (UID …): Permission"
                + " denied",
            "doveadm: 40 more users (-v names them): Mailbox INBOX: 1 mail cannot be read");
    error.reset();
    Server one = new FakeServer("s", List.of(), 1, work);
    assertThat(run(List.of(one), "search", "-u", "x", "all")).isEqualTo(75);
    assertThat(error.toString(StandardCharsets.UTF_8).lines())
        .hasSize(10 + 1 + 1)
        .contains(
            "doveadm: 20 more errors (-v shows them): Mailbox INBOX: mail … (UID …): Permission"
                + " denied");
    error.reset();
    assertThat(run(List.of(one), "-v", "search", "-u", "x", "all")).isEqualTo(75);
    assertThat(error.toString(StandardCharsets.UTF_8).lines())
        .filteredOn(line -> line.contains("(UID "))
        .hasSize(30);
  }

  @Test
  void aListOfNamesThatNobodyHasIsAFailure() throws Exception {
    Work nobody = assignment -> assignment.fail(Outcome.NO_USER, "User doesn't exist");
    Server server = new FakeServer("s", List.of(), 2, nobody);
    assertThat(run(out, "a\nb\n", List.of(server), "search", "-F", "-", "all")).isEqualTo(67);
    assertThat(error.toString(StandardCharsets.UTF_8)).contains("No user of these exists");
  }

  @Test
  void withoutMemoryRowsArePrintedAsTheyComeAndNoneIsLost() throws Exception {
    budget = new MemoryBudget(MemoryBudget.PIECE);
    Server server = new FakeServer("s", users(300), 8, assignment -> rows(assignment, 200));
    assertThat(run(List.of(server), "search", "-A", "all")).isZero();
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(300 * 200);
    assertThat(new LinkedHashSet<>(lines)).hasSize(300 * 200);
    assertThat(budget.all().held()).isZero();
  }

  @Test
  void aRunHoldsNoMoreThanItsMemoryWhileNobodyReads() throws Exception {
    budget = new MemoryBudget(1024 * 1024);
    CountDownLatch reading = new CountDownLatch(1);
    AtomicLong most = new AtomicLong();
    Work work =
        attempt -> {
          attempt.send(COLUMNS);
          for (int i = 1; i <= 100; i++) {
            attempt.send(new Message.Row(1, List.of(Value.of("g"), Value.of(i))));
            most.accumulateAndGet(budget.all().held(), Math::max);
            if (budget.all().free() < MemoryBudget.PIECE) {
              reading.countDown(); // no output has been read up to now
            }
          }
          attempt.send(new Message.Done(1, Outcome.OK, "", Map.of(), 10));
        };
    Server server = new FakeServer("s", users(200), 4, work);
    assertThat(run(readAfter(reading), "", List.of(server), "search", "-A", "all")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(200 * 100);
    assertThat(most.get()).isLessThanOrEqualTo(1024 * 1024);
    assertThat(budget.all().held()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nosuch",
        "search",
        "search -A",
        "search all",
        "search -A -u x all",
        "-x search -A all",
        "-o a=b search -A all",
        "search -F /etc/passwd all",
        "expunge -A all",
        "expunge -A mailbox Trash",
        "fetch -A uid",
        "mailbox status -A nosuch INBOX",
        "search -A --timeout x all",
        ""
      })
  void wrongWordsAreAUsageErrorAndNoServerIsAsked(String line) throws Exception {
    Server server =
        new FakeServer(
            "s",
            users(1),
            1,
            assignment -> {
              throw new AssertionError("asked");
            });
    String[] words = line.isEmpty() ? new String[0] : line.split(" ");
    assertThat(run(List.of(server), words)).isEqualTo(64);
    assertThat(error.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    assertThat(out.size()).isZero();
  }

  @Test
  void commandLinesAreSplitLikeAShellWould() throws Exception {
    assertThat(CommandLine.split("a 'b c'\\''d' \"e \\\" f\\g\" '' h\\ i"))
        .containsExactly("a", "b c'd", "e \" f\\g", "", "h i");
    assertThat(CommandLine.split("  ")).isEmpty();
    assertThatThrownBy(() -> CommandLine.split("a 'b")).isInstanceOf(Failure.class);
  }

  @Test
  void whatNeedsNoServerIsRefusedToWhomItIsNotAllowed() throws Exception {
    for (String[] words :
        List.of(
            new String[] {"pw", "-p", "secret"},
            new String[] {"pw", "-l"},
            new String[] {"mailbox", "mutf7", "ä"})) {
      List<String> asked = new ArrayList<>();
      here =
          command -> {
            asked.add(command);
            throw new Failure(Outcome.NO_PERMISSION, "not in scope");
          };
      assertThat(run(List.of(), words)).isEqualTo(77);
      assertThat(asked).hasSize(1);
      assertThat(String.join(" ", words)).startsWith(asked.get(0));
    }
    assertThat(out.size()).isZero();
  }

  @Test
  void whatNeedsNoServerCanBeStoppedAndEndsAsSuch() throws Exception {
    begun = Running::cancel;
    assertThat(run(List.of(), "mailbox", "mutf7", "ä")).isEqualTo(75);
    assertThat(run(List.of(), "pw", "-p", "secret", "-s", "BLF-CRYPT")).isEqualTo(75);
    assertThat(out.size()).isZero();
    assertThat(error.toString(StandardCharsets.UTF_8)).contains("Stopped");
  }

  @Test
  void hashingDrawsOnTheMemoryThatThereIs() throws Exception {
    budget = new MemoryBudget(32 * 1024 * 1024);
    assertThat(run(List.of(), "pw", "-p", "secret", "-s", "ARGON2ID")).isEqualTo(75);
    assertThat(error.toString(StandardCharsets.UTF_8)).contains("65,536 KiB", "try again later");
    budget = new MemoryBudget(80 * 1024 * 1024);
    assertThat(run(List.of(), "pw", "-p", "secret", "-s", "ARGON2ID")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("{ARGON2ID}$argon2id$");
    assertThat(budget.all().held()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-t {ARGON2ID}$argon2id$v=19$m=1048576,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "-t {ARGON2I}$argon2i$v=19$m=65536,t=999,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "-t {CRYPT}$6$rounds=999999999$salt$x",
        "-t $5$rounds=999999999$salt$x",
        "-t {BLF-CRYPT}$2y$31$AAAAAAAAAAAAAAAAAAAAAOAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "-t {CRYPT}$y$jZ/.$AAAA$AAAA",
        "-t {CRYPT}$7$CU..../....AAAA$AAAA",
        "-t {CRYPT}$md5,rounds=4294963199$AAAA$AAAA",
        "-s SHA512-CRYPT -r 2147483647",
        "-s BLF-CRYPT -r 31",
        "-s PBKDF2 -r 2147483647",
        "-s SCRAM-SHA-256 -r 2147483647",
        "-s ARGON2ID -r 2147483647"
      })
  @Timeout(20)
  void noPasswordTakesTheMachineForItself(String words) throws Exception {
    List<String> line = new ArrayList<>(List.of("pw", "-p", "secret"));
    line.addAll(List.of(words.split(" ")));
    assertThat(run(List.of(), line.toArray(String[]::new))).isIn(65, 75);
    assertThat(out.size()).isZero();
    assertThat(error.toString(StandardCharsets.UTF_8))
        .containsAnyOf("asks for more than pw gives", "cannot be told", "Rounds out of range");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "expunge -A mailbox Trash savedbefore 30 | savedbefore 30: a number alone is a time in"
            + " seconds since 1970, here 1970-01-01T00:00:30Z; was 30d meant, 30 days ago?",
        "search -A mailbox Trash before 0090 | was 90d meant",
        "search -A sentsince 1-Jan-1970 | sentsince 1-Jan-1970: that is before there was any mail",
        "search -A before 999999d | that is before there was any mail",
        "batch -A : expunge mailbox Trash savedbefore 7 : mailbox create x | was 7d meant",
        "flags add -A Seen mailbox INBOX all | Seen is a keyword of that name, and not the flag"
            + " \\Seen",
        "flags remove -A deleted mailbox INBOX all | not the flag \\Deleted",
      })
  void wordsThatAreRightButHardlyMeantGetAWarningOnce(String line, String warning)
      throws Exception {
    Server server = new FakeServer("s", users(20), 2, BrainTest::nothing);
    run(List.of(server), line.split(" "));
    assertThat(error.toString(StandardCharsets.UTF_8)).containsOnlyOnce("Warning: ");
    assertThat(error.toString(StandardCharsets.UTF_8)).contains(warning);
  }

  @Test
  void usualDatesAndFlagsGetNoWarning() throws Exception {
    Server server = new FakeServer("s", users(2), 2, BrainTest::nothing);
    for (String line :
        List.of(
            "search -A savedbefore 30d",
            "search -A savedbefore 1700000000",
            "search -A before 2026-01-31",
            "flags add -A \\Seen all",
            "flags add -A $Forwarded all")) {
      run(List.of(server), line.split(" "));
    }
    assertThat(error.toString(StandardCharsets.UTF_8)).doesNotContain("Warning");
  }
}
