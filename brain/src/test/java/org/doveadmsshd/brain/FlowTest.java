package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.protocol.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What steers a run over several users. */
@Timeout(60)
class FlowTest {
  private static final List<String> USERS = ManyLanes.users(20);

  private final Typed typed = new Typed();

  @AfterEach
  void stop() {
    typed.close();
  }

  private int run(Server server, String words) throws IOException {
    return typed.run(List.of(server), String.join("\n", USERS), words.split(" "));
  }

  private static OneLane server() {
    return new OneLane("s", USERS, OneLane::row);
  }

  @ParameterizedTest
  @CsvSource({"-A", "-F -", "-u user*"})
  void aLimitIsForTheFirstUsersOfTheList(String users) throws Exception {
    OneLane server = server();
    assertThat(run(server, "--limit 3 search " + users + " all")).isZero();
    assertThat(server.asked).containsExactly("user0001", "user0002", "user0003");
    assertThat(typed.said()).startsWith("search: 3 users, ");
    assertThat(typed.running().users()).hasValue(3);
  }

  @Test
  void aLimitAboveTheNumberOfUsersChangesNothing() throws Exception {
    OneLane server = server();
    assertThat(run(server, "--limit 1000000000 search -A all")).isZero();
    assertThat(server.asked).hasSize(20);
  }

  @Test
  void aLimitIsForAllServersTogether() throws Exception {
    OneLane one = new OneLane("one", USERS, OneLane::row);
    OneLane two = new OneLane("two", ManyLanes.users(30), OneLane::row);
    String[] words = {"--limit", "5", "search", "-A", "all"};
    assertThat(typed.run(List.of(one, two), "", words)).isZero();
    assertThat(one.asked.size() + two.asked.size()).isEqualTo(5);
  }

  @Test
  void whoAsksHowManyUsersThereAreHearsNoMoreThanTheLimit() throws Exception {
    List<OptionalLong> known = new ArrayList<>();
    OneLane server =
        new OneLane(
            "s",
            USERS,
            attempt -> {
              OptionalLong users;
              do {
                users = typed.running().users();
              } while (users.isEmpty());
              known.add(users);
              OneLane.ok(attempt);
            });
    assertThat(run(server, "--limit 2 search -A all")).isZero();
    assertThat(known).containsOnly(OptionalLong.of(2));
  }

  @Test
  void aRunBeginsNoMoreUsersThanItMay() throws Exception {
    long begun = System.nanoTime();
    assertThat(run(server(), "--max-rate 20/s --limit 4 search -A all")).isZero();
    assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(150_000_000);
  }

  @Test
  void whoSlowsARunSetsTheRateThatTheOptionHasSet() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    OneLane server =
        new OneLane(
            "s",
            USERS,
            attempt -> {
              first.countDown();
              OneLane.ok(attempt);
            });
    typed.execute(
        () -> {
          try {
            first.await();
            typed.running().slow(Rate.UNLIMITED);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertThat(run(server, "--max-rate 1/day search -A all")).isZero();
    assertThat(server.asked).hasSize(20);
  }

  @Test
  void aSlowRunStopsAtOnce() throws Exception {
    OneLane server =
        new OneLane(
            "s",
            USERS,
            attempt -> {
              OneLane.ok(attempt);
              typed.running().cancel();
            });
    assertThat(run(server, "--max-rate 1/day search -A all")).isEqualTo(75);
    assertThat(server.asked).hasSize(1);
  }

  /** One that fails for some users. */
  private static OneLane failingFor(String... users) {
    return serverFailingFor("s", users);
  }

  private static OneLane serverFailingFor(String name, String... users) {
    return new OneLane(
        name,
        USERS,
        attempt -> {
          if (List.of(users).contains(attempt.user())) {
            attempt.send(OneLane.done(Outcome.DATA_ERROR, "It is damaged"));
          } else {
            OneLane.row(attempt);
          }
        });
  }

  @Test
  void afterSoManyFailuresNoFurtherUserIsBegun() throws Exception {
    OneLane server = failingFor("user0002", "user0004", "user0006");
    assertThat(run(server, "--stop-after-failures 2 search -A all")).isEqualTo(75);
    assertThat(server.asked).hasSize(4);
    assertThat(typed.said())
        .contains(
            "doveadm: Error: Users have failed as often as --stop-after-failures allows; no further"
                + " user was begun\n")
        .contains("search: 4 users, 16 not begun, 2 failed");
  }

  @Test
  void fewerFailuresStopNothing() throws Exception {
    OneLane server = failingFor("user0002");
    assertThat(run(server, "--stop-after-failures 2 search -A all")).isEqualTo(65);
    assertThat(server.asked).hasSize(20);
  }

  @Test
  void canariesThatAreOkAreFollowedWhereNobodyCanBeAsked() throws Exception {
    OneLane server = failingFor("user0004");
    assertThat(run(server, "--canary 3 search -A all")).isEqualTo(65);
    assertThat(server.asked).hasSize(20);
    assertThat(typed.said()).doesNotContain("Canary");
  }

  @Test
  void nobodyFollowsACanaryThatFailsWhereNobodyCanBeAsked() throws Exception {
    OneLane server = failingFor("user0002");
    assertThat(run(server, "--canary 3 search -A all")).isEqualTo(75);
    assertThat(server.asked).hasSize(3);
    assertThat(typed.said())
        .contains(
            "doveadm: Error: Canary: 3 users, 1 not ok, and nobody can be asked; no further user was"
                + " begun\n")
        .contains("search: 3 users, 17 not begun, 1 failed");
  }

  @ParameterizedTest
  @CsvSource({"yes, 0, 20", "' yes ', 0, 20", "no, 75, 3", "'', 75, 3"})
  void whoSitsThereDecidesWhetherOthersFollow(String answer, int code, int asked) throws Exception {
    List<String> prompts = new ArrayList<>();
    OneLane server = server();
    typed.answer(
        prompt -> {
          prompts.add(prompt + server.asked.size());
          return answer;
        });
    assertThat(run(server, "--canary 3 search -A all")).isEqualTo(code);
    assertThat(server.asked).hasSize(asked);
    assertThat(prompts)
        .containsExactly("Canary: 3 users, all ok. Go on with the others? Type yes: 3");
  }

  @Test
  void nothingIsShownOverAQuestion() throws Exception {
    typed.watch();
    AtomicReference<String> before = new AtomicReference<>();
    typed.answer(
        prompt -> {
          before.set(typed.said());
          typed.awaitLooks();
          assertThat(typed.said()).isEqualTo(before.get());
          return "yes";
        });
    assertThat(run(server(), "--canary 3 search -A all")).isZero();
    assertThat(before.get()).isNotNull();
  }

  @Test
  void nobodyIsAskedWhenThereAreCanariesOnly() throws Exception {
    typed.answer(
        prompt -> {
          throw new AssertionError(prompt);
        });
    assertThat(run(server(), "--canary 20 search -A all")).isZero();
    assertThat(run(server(), "--canary 30 search -A all")).isZero();
  }

  @Test
  void canariesAreTheFirstOfAllServersTogether() throws Exception {
    OneLane one = serverFailingFor("one", USERS.toArray(String[]::new));
    OneLane two = serverFailingFor("two", USERS.toArray(String[]::new));
    String[] words = {"--canary", "3", "search", "-A", "all"};
    assertThat(typed.run(List.of(one, two), "", words)).isEqualTo(75);
    assertThat(one.asked.size() + two.asked.size()).isEqualTo(3);
    assertThat(typed.said()).contains("37 not begun, 3 failed");
  }

  /** Many threads wait for the answer, and any of them may be quicker than the end of the run. */
  @Test
  void nobodyFollowsTheCanariesWhenWhoeverIsAskedIsGone() {
    typed.answer(
        prompt -> {
          typed.awaitLooks();
          throw new IOException("gone");
        });
    List<OneLane> servers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      servers.add(new OneLane("s" + i, USERS, OneLane::row));
    }
    String[] words = {"--canary", "1", "search", "-A", "all"};
    assertThatThrownBy(() -> typed.run(servers, "", words)).hasMessage("gone");
    assertThat(servers.stream().mapToInt(server -> server.asked.size()).sum()).isEqualTo(1);
  }

  @Test
  void aRunThatIsStoppedWhileSomebodyIsAskedEnds() throws Exception {
    typed.answer(
        prompt -> {
          typed.running().cancel();
          return "yes";
        });
    OneLane server = server();
    assertThat(run(server, "--canary 3 search -A all")).isEqualTo(75);
    assertThat(server.asked).hasSize(3);
  }

  @Test
  void canaryAndLimitCount() throws Exception {
    OneLane server = server();
    assertThat(run(server, "--canary 2 --limit 5 search -A all")).isZero();
    assertThat(server.asked).hasSize(5);
  }

  @ParameterizedTest
  @CsvSource({"-A", "-F -"})
  void usersThatAreShuffledComeInTheOrderOfTheSeed(String users) throws Exception {
    OneLane server = server();
    assertThat(run(server, "-v --shuffle=5 search " + users + " all")).isZero();
    assertThat(server.asked).containsExactlyInAnyOrderElementsOf(USERS).isNotEqualTo(USERS);
    assertThat(typed.said()).contains("Debug: Users are shuffled by --shuffle=5\n");
    OneLane again = new OneLane("t", ManyLanes.users(20), OneLane::row);
    assertThat(run(again, "--shuffle=5 search -A all")).isZero();
    assertThat(again.asked).isEqualTo(server.asked);
  }

  @Test
  void aLimitOfShuffledUsersIsASampleOfTheWholeList() throws Exception {
    OneLane all = server();
    assertThat(run(all, "--shuffle=5 search -A all")).isZero();
    OneLane some = server();
    assertThat(run(some, "--shuffle=5 --limit 4 --canary 2 search -A all")).isZero();
    assertThat(some.asked).isEqualTo(all.asked.subList(0, 4));
  }

  @Test
  void aShuffledRunStopsWhileItsUsersAreNamed() throws Exception {
    OneLane server =
        new OneLane("s", USERS, OneLane::row) {
          @Override
          public void listUsers(UserMask mask, Consumer<String> taker) throws Failure {
            typed.running().cancel();
            super.listUsers(mask, taker);
          }
        };
    assertThat(run(server, "--shuffle search -A all")).isEqualTo(75);
    assertThat(server.asked).isEmpty();
    assertThat(typed.held()).isZero();
  }

  /** Counted down when a run has heard of a server's load, and said what it makes of it. */
  private final CountDownLatch heard = new CountDownLatch(1);

  private void awaitHeard() {
    try {
      heard.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One whose machine has such a load. */
  private OneLane loaded(OneLane.Work work, Map<String, Long> figures) {
    return new OneLane("s", USERS, work) {
      @Override
      public void watchLoad(Function<Map<String, Long>, Duration> taker) {
        for (Duration pause; !(pause = taker.apply(figures)).isZero(); ) {
          heard.countDown();
          LockSupport.parkNanos(pause.toNanos());
        }
      }
    };
  }

  @Test
  void nobodyIsBegunOnAServerThatDoesNotReportItsLoad() throws Exception {
    OneLane server = server();
    assertThat(run(server, "--max-load 4 search -A all")).isEqualTo(78);
    assertThat(server.asked).isEmpty();
    assertThat(typed.said()).contains("Server s does not report its load");
  }

  @Test
  void nobodyIsBegunWhereTheKernelDoesNotKnowWhatTheLimitIsAbout() throws Exception {
    OneLane server = loaded(OneLane::row, Map.of(Message.Clock.LOAD, 10L));
    assertThat(run(server, "--max-load 30% search -A all")).isEqualTo(78);
    assertThat(server.asked).isEmpty();
    assertThat(typed.said()).contains("Server s does not report pressure");
  }

  @Test
  void aServerThatIsNotBusyIsWorkedOnAsAlways() throws Exception {
    OneLane server = loaded(OneLane::row, Map.of(Message.Clock.LOAD, 399L));
    assertThat(run(server, "--max-load 4 search -A all")).isZero();
    assertThat(server.asked).hasSize(20);
    assertThat(typed.said()).doesNotContain("max-load");
  }

  @Test
  void aServerThatIsBusyGetsFewUsersAndTheRunSaysWhy() throws Exception {
    OneLane server =
        loaded(
            attempt -> {
              OneLane.ok(attempt);
              awaitHeard();
              typed.running().cancel();
            },
            Map.of(Message.Clock.LOAD, 401L));
    assertThat(run(server, "--max-load 4 search -A all")).isEqualTo(75);
    assertThat(server.asked).hasSize(1);
    assertThat(typed.said())
        .contains("Info: Server s: load 4.01 is above --max-load; it begins 6/min\n");
  }

  @Test
  void aServerBeginsNoMoreUsersThanItsOwnLimit() throws Exception {
    OneLane slow =
        new OneLane("slow", USERS.subList(0, 4), OneLane::row) {
          @Override
          public Rate maxRate() {
            return new Rate(20);
          }
        };
    OneLane quick = new OneLane("quick", ManyLanes.users(300), OneLane::row);
    long begun = System.nanoTime();
    assertThat(typed.run(List.of(slow, quick), "", "search", "-A", "all")).isZero();
    assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(150_000_000);
    assertThat(slow.asked.size() + quick.asked.size()).isEqualTo(304);
  }
}
