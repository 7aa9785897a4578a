package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.doveadmsshd.brain.ManyLanes.rows;
import static org.doveadmsshd.brain.ManyLanes.users;
import static org.doveadmsshd.brain.OneLane.lane;
import static org.doveadmsshd.brain.Typed.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.journal.UserEnd;
import org.doveadmsshd.brain.placement.Place;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs that are stopped, or cannot go on, and how long their workers may take. */
@Timeout(60)
class StoppedRunTest {
  private static final Duration LONG = Duration.ofHours(1);

  private static final OutputStream GONE =
      new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          throw new IOException("gone");
        }
      };

  private final Typed typed = new Typed();

  @AfterEach
  void stop() {
    typed.close();
  }

  @Test
  void whatAWorkerSaysSoonAfterTheStopCounts() throws Exception {
    typed.setPatience(new Patience(LONG, LONG));
    OneLane server =
        lane(
            attempt -> {
              typed.running().cancel();
              typed.awaitLooks();
              OneLane.row(attempt);
            });
    assertThat(typed.run(List.of(server), "", "search", "-u", "joe", "all")).isEqualTo(75);
    assertThat(typed.printed()).isEqualTo("g 1\n");
  }

  @Test
  void aWorkerMayEndAUserItselfSoonAfterTheTimeForHim() throws Exception {
    typed.setPatience(new Patience(LONG, LONG));
    OneLane server =
        lane(
            attempt -> {
              attempt.begun();
              typed.awaitLooks();
              attempt.send(OneLane.done(Outcome.TIMED_OUT, "Time is up"));
            });
    String[] words = {"search", "-u", "joe", "--timeout", "1s", "all"};
    assertThat(typed.run(List.of(server), "", words)).isEqualTo(75);
    assertThat(typed.said()).isEqualTo("doveadm(joe): Error: Time is up\n");
  }

  @Test
  void aRunThatIsStoppedWaitsForNoFurtherUsers() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    InputStream slow =
        new InputStream() {
          @Override
          public int read() throws IOException {
            typed.running().cancel();
            await(over);
            return -1;
          }
        };
    OneLane server = lane(OneLane::ok);
    assertThat(typed.run(List.of(server), slow, "search", "-F", "-", "all")).isEqualTo(75);
    assertThat(typed.said()).contains("Stopped");
    over.countDown();
  }

  /** Names joe and jane at once, and tells when more is asked for. */
  private static InputStream joeAndJane(CountDownLatch asksForMore) {
    byte[] names = "joe\njane\n".getBytes(StandardCharsets.UTF_8);
    return new InputStream() {
      private boolean given;

      @Override
      public int read() {
        throw new UnsupportedOperationException();
      }

      @Override
      public int read(byte[] to, int offset, int length) {
        if (given) {
          asksForMore.countDown();
          return -1;
        }
        given = true;
        System.arraycopy(names, 0, to, offset, names.length);
        return names.length;
      }
    };
  }

  @Test
  void aUserWhoseNameComesWhenAllIsOverIsNoPartOfTheRun() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    CountDownLatch both = new CountDownLatch(1);
    List<String> ended = Collections.synchronizedList(new ArrayList<>());
    typed.whenBegun(run -> ((Run) run).tell(end -> ended.add(end.user())));
    typed.place(
        user -> {
          if (user.equals("jane")) {
            typed.running().cancel();
            awaitAnyway(over);
          }
          return Place.at(List.of("s"), user, "test");
        });
    InputStream names = joeAndJane(both);
    OneLane server = lane(OneLane::ok);
    assertThat(typed.run(List.of(server), names, "search", "-F", "-", "all")).isEqualTo(75);
    over.countDown();
    both.await();
    assertThat(ended).containsExactly("joe");
  }

  /** The clock has found him under way just before. */
  @Test
  void aWorkerThatHasAnsweredIsNotGivenUp() throws Exception {
    AtomicInteger givenUp = new AtomicInteger();
    OneLane server =
        new OneLane("s", List.of("joe"), OneLane::ok) {
          @Override
          public void work(UserQueue queue, int limit) throws Failure {
            try {
              Assignment joe = queue.take();
              Assignment.Attempt attempt = joe.attempt(0, givenUp::incrementAndGet);
              attempt.begun();
              OneLane.ok(attempt);
              joe.giveUp(Outcome.CANCELLED, "Did not stop in time");
              workOff(queue);
            } catch (IOException | InterruptedException e) {
              throw Failure.temporary("the test is over", e);
            }
          }
        };
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isZero();
    assertThat(givenUp).as("its lane, which may be at other users").hasValue(0);
  }

  @Test
  void whoWasStillToBeSentWhenTheRunWasStoppedHasNotBegun() throws Exception {
    List<UserEnd> ended = Collections.synchronizedList(new ArrayList<>());
    AtomicBoolean isSent = new AtomicBoolean();
    typed.whenBegun(run -> ((Run) run).tell(ended::add));
    OneLane server =
        new OneLane("s", List.of("joe"), OneLane::ok) {
          @Override
          public void work(UserQueue queue, int limit) throws Failure {
            try {
              Assignment joe = queue.take();
              Assignment.Attempt attempt = joe.attemptToSend(0, () -> {});
              attempt.begun();
              typed.running().cancel();
              joe.giveUp(Outcome.UNKNOWN, "Did not stop in time");
              isSent.set(attempt.sends());
              workOff(queue);
            } catch (IOException | InterruptedException e) {
              throw Failure.temporary("the test is over", e);
            }
          }
        };
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isEqualTo(75);
    assertThat(isSent).as("a worker is told of him behind that").isFalse();
    assertThat(ended).extracting(UserEnd::outcome).containsExactly(Outcome.NOT_BEGUN);
    assertThat(ended).extracting(UserEnd::attempts).containsExactly(0);
  }

  private static void awaitAnyway(CountDownLatch latch) throws Failure {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw Failure.temporary("the test is over", e);
    }
  }

  @Test
  void outputThatCannotBePassedOnEndsTheRun() {
    OneLane server = new OneLane("t", List.of("joe", "jane"), OneLane::row);
    OneLane broken = lane(attempt -> attempt.outputBroken(new IOException("gone")));
    assertThatThrownBy(() -> typed.run(List.of(broken, server), "", "search", "-A", "all"))
        .hasMessage("gone");
    assertThat(typed.held()).isZero();
  }

  /** Another lane waits for the printer then. */
  @Test
  void outputThatBreaksOffBetweenRowsHoldsUpNoOtherLane() throws Exception {
    CountDownLatch printing = new CountDownLatch(1);
    CountDownLatch back = new CountDownLatch(1);
    AtomicReference<Thread> other = new AtomicReference<>();
    OneLane breaking =
        new OneLane(
            "a",
            List.of("joe"),
            attempt -> {
              OneLane.manyRows(attempt);
              printing.countDown();
              while (other.get() == null || other.get().getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
              }
              attempt.outputBroken(new IOException("gone"));
            });
    OneLane waiting =
        new OneLane(
            "b",
            List.of("jane"),
            attempt -> {
              await(printing);
              other.set(Thread.currentThread());
              OneLane.manyRows(attempt);
              back.countDown();
            });
    assertThatThrownBy(() -> typed.run(List.of(breaking, waiting), "", "search", "-A", "all"))
        .hasMessage("gone");
    back.await();
  }

  @Test
  void aThreadThatIsInterruptedStopsItsRunAndIsStillInterrupted() throws Exception {
    Thread caller = Thread.currentThread();
    CountDownLatch stopped = new CountDownLatch(1);
    OneLane.Work work =
        attempt -> {
          caller.interrupt();
          await(stopped);
          attempt.send(OneLane.done(Outcome.CANCELLED, "Stopped"));
        };
    OneLane server =
        new OneLane("s", List.of("joe"), work) {
          @Override
          public void cancel() {
            stopped.countDown();
          }
        };
    assertThat(typed.run(List.of(server), "", "search", "-u", "joe", "all")).isEqualTo(75);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whatAListSaysAfterTheStopIsNotHeard() throws Exception {
    OneLane server =
        new OneLane("s", List.of(), OneLane::ok) {
          @Override
          public void listUsers(UserMask mask, Consumer<String> taker) throws Failure {
            typed.running().cancel();
            taker.accept("joe");
            throw new Failure(Outcome.TEMPORARY_FAILURE, "Connection lost");
          }
        };
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isEqualTo(75);
    assertThat(server.asked).isEmpty();
    assertThat(typed.said()).contains("Stopped").doesNotContain("Connection lost");
  }

  @Test
  void whenItCannotBeToldWhatIsWrongWithAListTheRunEnds() {
    typed.sayTo(GONE);
    OneLane unlisted =
        new OneLane("s", List.of(), OneLane::ok) {
          @Override
          public void listUsers(UserMask mask, Consumer<String> taker) throws Failure {
            throw new Failure(Outcome.TEMPORARY_FAILURE, "Connection lost");
          }
        };
    OneLane misnamed = new OneLane("s", List.of("no\u0007body"), OneLane::ok);
    for (OneLane each : List.of(unlisted, misnamed)) {
      assertThatThrownBy(() -> typed.run(List.of(each), "", "search", "-A", "all"))
          .hasMessage("gone");
    }
  }

  @Test
  void whenItCannotBeToldWhyAServerIsDownTheRunEnds() {
    typed.sayTo(GONE);
    OneLane down =
        new OneLane("s", List.of("joe", "jane"), OneLane::row) {
          @Override
          public void work(UserQueue queue, int limit) throws Failure {
            throw new Failure(Outcome.TEMPORARY_FAILURE, "Server s: down");
          }
        };
    assertThatThrownBy(() -> typed.run(List.of(down), "", "search", "-A", "all"))
        .hasMessage("gone");
  }

  @Test
  void aReaderWhoIsGoneEndsTheRun() {
    typed.printTo(GONE);
    Server server = new ManyLanes(typed, "s", users(500), 4, assignment -> rows(assignment, 500));
    assertThatThrownBy(() -> typed.run(List.of(server), "", "search", "-A", "all"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void cancellingBeginsNoFurtherUsers() throws Exception {
    List<String> begun = Collections.synchronizedList(new ArrayList<>());
    OneLane.Work work =
        assignment -> {
          begun.add(assignment.user());
          typed.running().cancel();
          rows(assignment, 1);
        };
    Server server = new ManyLanes(typed, "s", users(1000), 1, work);
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isEqualTo(75);
    assertThat(begun).hasSize(1);
    assertThat(typed.said()).contains("Stopped");
  }

  /** Never comes back, as a thread that waits for a dead file server. */
  private static void stick(Assignment.Attempt attempt) throws IOException {
    attempt.begun();
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park();
    }
    throw new IOException("the test is over");
  }

  @Test
  void aWorkerThatDoesNotAnswerCostsItsUserAndNobodyElse() throws Exception {
    typed.setPatience(new Patience(Duration.ofMillis(200), Duration.ofSeconds(5)));
    OneLane.Work work =
        attempt -> {
          if (attempt.user().equals("user0002")) {
            stick(attempt);
          }
          rows(attempt, 1);
        };
    Server server = new ManyLanes(typed, "s", users(20), 4, work);
    assertThat(typed.run(List.of(server), "", "search", "-A", "--timeout", "100ms", "all"))
        .isEqualTo(75);
    assertThat(typed.printed().lines()).hasSize(19);
    assertThat(typed.said())
        .contains("doveadm(user0002): Error: The worker does not answer")
        .contains("20 users, 19 matched, 1 failed");
  }

  @Test
  void aRunThatIsStoppedEndsAlsoWhenAWorkerDoesNot() throws Exception {
    typed.setPatience(new Patience(Duration.ofSeconds(5), Duration.ofMillis(200)));
    OneLane.Work work =
        attempt -> {
          typed.running().cancel();
          stick(attempt);
        };
    Server server = new ManyLanes(typed, "s", users(600), 2, work);
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isEqualTo(75);
    assertThat(typed.said())
        .contains("Stopped")
        .containsPattern("search: 0 users, [12] stopped, [0-9]+ not begun");
  }

  @Test
  void aRunEndsAtItsDeadlineAlsoWhenAWorkerDoesNot() throws Exception {
    typed.setPatience(new Patience(LONG, Duration.ofMillis(200)));
    Server server = new ManyLanes(typed, "s", users(600), 2, StoppedRunTest::stick);
    assertThat(typed.run(List.of(server), "", "search", "-A", "--deadline", "300ms", "all"))
        .isEqualTo(75);
    assertThat(typed.said())
        .contains("The time for the run (--deadline) is over")
        .containsPattern("search: 0 users, 2 stopped, [0-9]+ not begun");
  }

  @Test
  void aDeadlineThatIsNoTimeIsAMistake() throws Exception {
    OneLane server = lane(OneLane::ok);
    assertThat(typed.run(List.of(server), "", "search", "-A", "--deadline", "soon", "all"))
        .isEqualTo(64);
    assertThat(typed.said()).contains("Invalid --deadline: soon (try 30s or 5m)");
    assertThat(server.asked).isEmpty();
  }

  @Test
  void anAttemptThatWasGivenUpCountsNoMore() throws Exception {
    typed.setPatience(new Patience(Duration.ofMillis(100), Duration.ofSeconds(5)));
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch late = new CountDownLatch(1);
    OneLane.Work work =
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
        new ManyLanes(typed, "s", users(3), 2, work) {
          @Override
          public void abandon() {
            ended.countDown();
          }
        };
    assertThat(typed.run(List.of(server), "", "search", "-A", "--timeout", "50ms", "all"))
        .isEqualTo(75);
    assertThat(late.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(typed.printed().lines()).hasSize(2);
  }
}
