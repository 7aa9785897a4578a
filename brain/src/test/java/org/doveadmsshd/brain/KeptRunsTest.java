package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.journal.JournalRules;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the commands {@code runs} say of runs that are written down, and do with them. */
@Timeout(60)
class KeptRunsTest {
  private static final List<String> USERS = List.of("ann", "bob", "cid");
  private static final String[] EXPUNGE = {"expunge", "-A", "mailbox", "Trash", "all"};

  /** Another brain on the same directory would be another process; commands of this one go on. */
  private final Typed typed = new Typed();

  private final Map<String, Outcome> answers = new ConcurrentHashMap<>();
  private final CountDownLatch working = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);

  @TempDir private Path runs;

  @BeforeEach
  void keep() {
    typed.writeDownIn(runs, new JournalRules(Duration.ZERO, 0, false));
  }

  @AfterEach
  void stop() {
    mayEnd.countDown();
    typed.close();
  }

  private void answer(Assignment.Attempt attempt) throws IOException {
    Outcome outcome = answers.getOrDefault(attempt.user(), Outcome.OK);
    attempt.send(OneLane.done(outcome, outcome.isOk() ? "" : "because"));
  }

  private int run(String... words) throws IOException {
    typed.clear();
    return typed.run(List.of(new OneLane("mail1", USERS, this::answer)), "", words);
  }

  private Path journal() throws IOException {
    try (Stream<Path> all = Files.list(runs)) {
      return all.findFirst().orElseThrow();
    }
  }

  private String id() throws IOException {
    return journal().getFileName().toString().replace(".journal", "");
  }

  private void change(String what, String to) throws IOException {
    Files.writeString(journal(), Files.readString(journal()).replaceFirst(what, to));
  }

  /** Begins a run that does not end before it may. */
  private CompletableFuture<Integer> begin() throws Exception {
    OneLane.Work waits =
        attempt -> {
          if (attempt.user().equals("bob")) {
            working.countDown();
            Typed.await(mayEnd);
          }
          answer(attempt);
        };
    CompletableFuture<Integer> code = new CompletableFuture<>();
    typed.execute(
        () -> {
          try {
            code.complete(typed.run(List.of(new OneLane("mail1", USERS, waits)), "", EXPUNGE));
          } catch (IOException e) {
            code.completeExceptionally(e);
          }
        });
    working.await();
    return code;
  }

  @Test
  void runsAreListedWithHowTheyEnded() throws Exception {
    answers.put("bob", Outcome.TIMED_OUT);
    run(EXPUNGE);
    assertThat(run("-f", "tab", "runs")).isZero();
    assertThat(typed.printed().lines().skip(1))
        .singleElement()
        .asString()
        .startsWith(id() + "\tfailed\t3\t1\t")
        .endsWith("\tadmin\texpunge --all-users mailbox Trash all");
    answers.clear();
    run("--resume", id());
    run("-f", "tab", "runs");
    assertThat(typed.printed()).contains(id() + "\tok\t3\t0\t");
  }

  @Test
  void aRunThatWasKilledIsBrokenOff() throws Exception {
    run(EXPUNGE);
    List<String> lines = Files.readAllLines(journal());
    Files.writeString(journal(), String.join("\n", lines.subList(0, 3)) + "\n{\"user");
    run("-f", "tab", "runs");
    assertThat(typed.printed()).contains(id() + "\tbroken off\t2\t0\t");
  }

  @Test
  void aRunIsShownWithTheUsersForWhomItFailed() throws Exception {
    answers.putAll(Map.of("ann", Outcome.OVER_QUOTA, "bob", Outcome.TIMED_OUT));
    run(EXPUNGE);
    answers.remove("ann");
    run("--resume", "last");
    assertThat(run("-f", "tab", "runs", "show", "last")).isZero();
    assertThat(typed.printed())
        .contains("run\tid\t" + id() + "\t", "run\tmaster\tadmin\t", "run\tfailed\t1\t")
        .contains("failure\tbob\ttimed-out\tmail1\tbecause\n")
        .doesNotContain("ann", "cid");
  }

  @Test
  void aRunIsWatchedUntilItEnds() throws Exception {
    CompletableFuture<Integer> code = begin();
    typed.clear();
    CompletableFuture<Integer> watched = new CompletableFuture<>();
    typed.execute(
        () -> {
          try {
            watched.complete(typed.run(List.of(), "", "-f", "tab", "runs", "watch", id()));
          } catch (IOException e) {
            watched.completeExceptionally(e);
          }
        });
    while (!typed.printed().contains("\trunning\t")) {
      Thread.sleep(5);
    }
    mayEnd.countDown();
    assertThat(code.get()).isZero();
    assertThat(watched.get()).isZero();
    assertThat(typed.printed()).contains(id() + "\tok\t3\t0");
  }

  @Test
  void aRunIsCancelledByItsId() throws Exception {
    CompletableFuture<Integer> code = begin();
    assertThat(run("runs", "cancel", id())).isZero();
    mayEnd.countDown();
    assertThat(code.get()).isEqualTo(75);
    run("-f", "tab", "runs");
    assertThat(typed.printed()).contains(id() + "\tfailed\t3\t");
    assertThat(run("runs", "cancel", id())).isEqualTo(68);
    assertThat(typed.said()).contains("The run " + id() + " does not go on");
  }

  @Test
  void aRunThatGoesOnIsNotResumed() throws Exception {
    CompletableFuture<Integer> code = begin();
    assertThat(run("--resume", id())).isEqualTo(75);
    assertThat(typed.said()).contains("is being written by another run");
    mayEnd.countDown();
    assertThat(code.get()).isZero();
  }

  @Test
  void othersRunsAreNotSeen() throws Exception {
    run(EXPUNGE);
    change("\"master\":\"admin\"", "\"master\":\"other\"");
    run("-f", "tab", "runs");
    assertThat(typed.printed()).doesNotContain(id());
    for (String what : List.of("show", "watch", "cancel")) {
      assertThat(run("runs", what, id())).isEqualTo(64);
      assertThat(typed.said()).contains("There is no run " + id());
      assertThat(typed.printed()).isEmpty();
    }
  }

  @Test
  void whatIsNoJournalIsNoneOfThem() throws Exception {
    run(EXPUNGE);
    String id = id();
    Files.writeString(runs.resolve("20200101-000000-0000.journal"), "nonsense\n");
    Files.createDirectory(runs.resolve("20200101-000000-0001.journal"));
    assertThat(run("-f", "tab", "runs")).isZero();
    assertThat(typed.printed().lines()).hasSize(2);
    assertThat(typed.printed()).contains(id);
    assertThat(run("runs", "show", "20200101-000000-0000")).isEqualTo(65);
    assertThat(typed.said()).contains("is damaged at line 1");
    assertThat(run("runs", "show")).isEqualTo(64);
    assertThat(run("runs", "show", "../../etc/passwd")).isEqualTo(64);
  }
}
