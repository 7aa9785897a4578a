package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Users are printed strictly in the order of the list. */
@Timeout(60)
class OrderedOutputTest {
  private static final List<String> USERS = ManyLanes.users(20);

  private final Typed typed = new Typed();

  @AfterEach
  void stop() {
    typed.close();
  }

  private int run(Server server, String words) throws IOException {
    return typed.run(List.of(server), String.join("\n", USERS), words.split(" "));
  }

  private static void numbered(Assignment.Attempt attempt, int rows, int bytes) throws IOException {
    attempt.begun();
    attempt.send(OneLane.COLUMNS);
    for (int i = 1; i <= rows; i++) {
      attempt.send(new Message.Row(1, List.of(Value.of("x".repeat(bytes)), Value.of(i))));
    }
    OneLane.ok(attempt);
  }

  private List<String> printedUsers() {
    return typed.printed().lines().map(line -> line.split(" ")[0]).distinct().toList();
  }

  @Test
  void theOrderOfTheListIsKeptHoweverLongAUserTakes() throws Exception {
    CountDownLatch others = new CountDownLatch(USERS.size() - 1);
    ManyLanes server =
        new ManyLanes(
            typed,
            "s",
            USERS,
            4,
            attempt -> {
              if (attempt.user().equals(USERS.get(0))) {
                attempt.begun();
                Typed.await(others);
                typed.awaitLooks(); // longer than anybody would wait who has the choice
                typed.awaitLooks();
              }
              numbered(attempt, 1, 10);
              others.countDown();
            });
    assertThat(run(server, "--ordered search -A all")).isZero();
    assertThat(printedUsers()).isEqualTo(USERS);
  }

  /** 20 users of 1 MiB each: 4 MiB may wait. */
  @Test
  void whileMuchWaitsForAUserNoFurtherOnesAreBegun() throws Exception {
    Set<Thread> lanes = ConcurrentHashMap.newKeySet();
    List<Integer> held = new ArrayList<>();
    AtomicReference<ManyLanes> there = new AtomicReference<>();
    ManyLanes server =
        new ManyLanes(
            typed,
            "s",
            USERS,
            4,
            attempt -> {
              if (attempt.user().equals(USERS.get(0))) {
                attempt.begun();
                awaitThatAllWait(lanes, 3);
                held.add(there.get().asked.size());
              } else {
                lanes.add(Thread.currentThread());
              }
              numbered(attempt, 100, 10_000);
            });
    there.set(server);
    assertThat(run(server, "--ordered search -A all")).isZero();
    assertThat(held).containsExactly(4);
    assertThat(printedUsers()).isEqualTo(USERS);
    assertThat(typed.held()).isZero();
  }

  private static void awaitThatAllWait(Set<Thread> threads, int count) {
    while (threads.size() < count
        || threads.stream().anyMatch(thread -> thread.getState() != Thread.State.WAITING)) {
      Thread.onSpinWait();
    }
  }

  /** Both lanes print users who come later, and the first one needs one of them. */
  @Test
  void aUserWhoComesBackFromALaneIsWaitedForByNoLane() throws Exception {
    AtomicInteger first = new AtomicInteger();
    ManyLanes server =
        new ManyLanes(
            typed,
            "s",
            USERS.subList(0, 6),
            2,
            attempt -> {
              if (attempt.user().equals(USERS.get(0)) && first.getAndIncrement() == 0) {
                attempt.begun();
                typed.awaitLooks();
                attempt.lost("The lane is lost");
              } else {
                numbered(attempt, 300, 10_000);
              }
            });
    assertThat(run(server, "--ordered search -A all")).isZero();
    assertThat(printedUsers()).isEqualTo(USERS.subList(0, 6));
    assertThat(typed.printed().lines().count()).isEqualTo(1800);
    assertThat(typed.held()).isZero();
  }

  @Test
  void aUserWhomAnotherServerHasIsWaitedFor() throws Exception {
    OneLane first =
        new OneLane("one", USERS, attempt -> attempt.send(OneLane.done(Outcome.NO_USER, "")));
    OneLane second = new OneLane("two", USERS, attempt -> numbered(attempt, 100, 10_000));
    String[] words = {"--ordered", "search", "-F", "-", "all"};
    assertThat(typed.run(List.of(first, second), String.join("\n", USERS), words)).isZero();
    assertThat(printedUsers()).isEqualTo(USERS);
  }

  @Test
  void anOrderedRunWhoseOutputIsGoneEnds() throws Exception {
    ManyLanes server =
        new ManyLanes(
            typed,
            "s",
            USERS,
            4,
            attempt -> {
              if (attempt.user().equals(USERS.get(0))) {
                attempt.begun();
                typed.awaitLooks();
                attempt.outputBroken(new IOException("gone"));
              } else {
                numbered(attempt, 100, 10_000);
              }
            });
    assertThatThrownBy(() -> run(server, "--ordered search -A all")).hasMessage("gone");
  }

  @Test
  void orderedUsersAreBegunAtTheirRate() throws Exception {
    OneLane server = new OneLane("s", USERS, attempt -> numbered(attempt, 1, 10));
    assertThat(run(server, "--ordered --max-rate 1000 --shuffle=1 search -A all")).isZero();
    assertThat(printedUsers()).isEqualTo(server.asked);
  }
}
