package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.brain.remote.ScriptedWorkers;
import org.doveadmsshd.brain.remote.ScriptedWorkers.Peer;
import org.doveadmsshd.brain.remote.Tolerance;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists of users that break off while a server names them. */
@Timeout(60)
class BrokenListTest {
  private static final Tolerance PATIENT =
      new Tolerance(Duration.ofSeconds(30), Duration.ofSeconds(50));
  private static final Tolerance SHORT =
      new Tolerance(Duration.ofSeconds(30), Duration.ofMillis(400));
  private static final Tolerance NONE = new Tolerance(Duration.ofSeconds(30), Duration.ZERO);
  private static final Message HELLO =
      new Message.Hello(Limits.VERSION, "scripted", Optional.of("m"), List.of());
  private static final Message NO_MORE = new Message.Done(1, Outcome.OK, "", Map.of(), 0);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Typed typed = new Typed();

  /** How often a list has been asked for. */
  private final AtomicInteger lists = new AtomicInteger();

  @AfterEach
  void stop() {
    typed.close();
    threads.shutdownNow();
  }

  /** What is said each time the list is asked for, from 0; the lane is closed behind it. */
  private interface Lists {
    void say(Peer peer, int number) throws Exception;
  }

  private Server server(Tolerance tolerance, Lists said) {
    ScriptedWorkers workers =
        new ScriptedWorkers(
            threads,
            (peer, number) -> {
              peer.say(HELLO);
              for (Message next; ; ) {
                next = peer.next();
                if (next instanceof Message.ListUsers) {
                  said.say(peer, lists.getAndIncrement());
                  return;
                } else if (next instanceof Message.Run) {
                  peer.answer((Message.Run) next);
                }
              }
            });
    return new RemoteServer("s", workers, List.of(UserMask.ALL), 2, threads, tolerance);
  }

  /** Names users; the list does not end with that. */
  private static void name(Peer peer, String... users) throws Exception {
    peer.say(new Message.Columns(1, List.of(new Column("user"))));
    for (String user : users) {
      peer.say(new Message.Row(1, List.of(Value.of(user))));
    }
  }

  private int run(Tolerance tolerance, Lists said) throws Exception {
    return typed.run(List.of(server(tolerance, said)), "", "search", "-A", "all");
  }

  private void expectDone(String... users) {
    assertThat(typed.printed().lines())
        .containsExactlyInAnyOrder(
            Arrays.stream(users).map(user -> user + " g 1").toArray(String[]::new));
  }

  @Test
  void aListThatBreaksOffIsTakenUpAgainBehindWhoeverWasNamed() throws Exception {
    Lists said =
        (peer, number) -> {
          switch (number) {
            case 0 -> name(peer);
            case 1 -> name(peer, "a", "b");
            case 2 -> name(peer, "a");
            case 3 -> name(peer, "a", "b", "c");
            default -> {
              name(peer, "a", "b", "c", "d");
              peer.say(NO_MORE);
            }
          }
        };
    assertThat(run(PATIENT, said)).as(typed.said()).isZero();
    expectDone("a", "b", "c", "d");
    assertThat(lists).hasValue(5);
    assertThat(typed.said()).contains("search: 4 users, 4 matched").doesNotContain("Error");
  }

  @ParameterizedTest
  @CsvSource({"'b a c'", "'a x b c'", "'a'", "''", "'x a b c'"})
  void aListThatIsAnotherOneThenStaysIncompleteAndNobodyIsDoneTwice(String second)
      throws Exception {
    Lists said =
        (peer, number) -> {
          name(peer, number == 0 ? new String[] {"a", "b"} : second.split(" "));
          if (number > 0) {
            peer.say(NO_MORE);
          }
        };
    assertThat(run(PATIENT, said)).isEqualTo(75);
    expectDone("a", "b");
    assertThat(typed.said())
        .contains("Error: Server s: the list of users is incomplete: it broke off after 2 users");
    assertThat(lists).hasValue(2);
  }

  @Test
  void aListThatBreaksOffAgainAndAgainIsGivenUpInTheEnd() throws Exception {
    assertThat(run(SHORT, (peer, number) -> name(peer, "a", "b"))).isEqualTo(75);
    expectDone("a", "b");
    assertThat(lists.get()).isGreaterThan(1);
    assertThat(typed.said())
        .contains("Error: Server s: the list of users broke off: the connection was lost; given up")
        .contains("with 2 users, the list is incomplete");
  }

  @Test
  void whereNoServerIsWaitedForTheListIsNotEither() throws Exception {
    assertThat(run(NONE, (peer, number) -> name(peer, "a"))).isEqualTo(75);
    expectDone("a");
    assertThat(lists).hasValue(1);
    assertThat(typed.said()).contains("Error: Server s: the list of users broke off");
  }

  @Test
  void aServerThatSaysThatItCannotListIsNotAskedAgain() throws Exception {
    Lists said =
        (peer, number) -> {
          name(peer, "a");
          peer.say(new Message.Done(1, Outcome.TEMPORARY_FAILURE, "no database", Map.of(), 0));
        };
    assertThat(run(PATIENT, said)).isEqualTo(75);
    expectDone("a");
    assertThat(lists).hasValue(1);
    assertThat(typed.said()).contains("Error: no database");
  }

  @Test
  void aRunThatIsStoppedDoesNotWaitForTheRestOfAList() throws Exception {
    CountDownLatch broken = new CountDownLatch(1);
    Server server =
        server(
            PATIENT,
            (peer, number) -> {
              if (number == 0) {
                name(peer, "a", "b");
              } else {
                broken.countDown();
                new CountDownLatch(1).await();
              }
            });
    typed.whenBegun(
        run ->
            threads.execute(
                () -> {
                  try {
                    broken.await();
                    run.cancel();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    assertThat(typed.run(List.of(server), "", "search", "-A", "all")).isEqualTo(75);
    assertThat(typed.said()).contains("the list was not read to its end");
  }
}
