package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.brain.remote.ScriptedWorkers;
import org.doveadmsshd.brain.remote.ScriptedWorkers.Peer;
import org.doveadmsshd.brain.remote.ScriptedWorkers.Script;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many lanes a remote server opens, and whom it lists. */
@Timeout(60)
class RemoteServerTest {
  private static final int LANES = 3;
  private static final Message HELLO =
      new Message.Hello(Limits.VERSION, "scripted", Optional.of("m"), List.of());
  private static final Message COLUMNS = new Message.Columns(1, List.of(new Column("user")));
  private static final Message NO_MORE = new Message.Done(1, Outcome.OK, "", Map.of(), 0);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Typed typed = new Typed();
  private ScriptedWorkers workers;

  @AfterEach
  void stop() {
    workers.awaitNoLanes();
    typed.close();
    threads.shutdownNow();
  }

  private int run(Script script, String mask, String users, String... words) throws Exception {
    workers = new ScriptedWorkers(threads, script);
    Server server = new RemoteServer("s", workers, List.of(new UserMask(mask)), LANES, threads);
    return typed.run(List.of(server), users, words);
  }

  @ParameterizedTest
  @CsvSource({"0, 3", "1, 1", "2, 2", "3, 3", "7, 3"})
  void asManyLanesAreOpenedAsAreAskedForAndMayBe(int asked, int lanes) throws Exception {
    AtomicInteger opened = new AtomicInteger();
    CountDownLatch enough = new CountDownLatch(lanes);
    String count = "doveadm_worker_count=" + asked;
    Script script =
        (peer, number) -> {
          opened.incrementAndGet();
          enough.countDown();
          peer.say(HELLO);
          enough.await(); // nobody is answered before
          peer.answerAll();
        };
    String users = "user%d\n".repeat(40).formatted(IntStream.range(0, 40).boxed().toArray());
    int code = run(script, "*", users, "-o", count, "search", "-F", "-", "all");
    assertThat(code).as(typed.said()).isZero();
    assertThat(opened).hasValue(lanes);
  }

  @Test
  void noMoreLanesAreOpenedThanThereAreUsers() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    Script script =
        (peer, number) -> {
          opened.incrementAndGet();
          peer.say(HELLO);
          peer.answerAll();
        };
    assertThat(run(script, "*", "joe\n", "search", "-F", "-", "all")).isZero();
    assertThat(opened).hasValue(1);
  }

  private static Message user(String name) {
    return new Message.Row(1, List.of(Value.of(name)));
  }

  /** The first lane is for the list, the others for the users. */
  private static Script listing(Message... answers) {
    return (peer, number) -> {
      peer.say(HELLO);
      if (number == 1) {
        list(peer, answers);
      } else {
        peer.answerAll();
      }
    };
  }

  private static void list(Peer peer, Message... answers) throws Exception {
    assertThat(peer.await(Message.ListUsers.class).mask()).isEqualTo("*");
    peer.say(answers);
  }

  @Test
  void onlyUsersWhoAreMeantToBeThereAreTakenFromItsList() throws Exception {
    Script script = listing(COLUMNS, user("a1"), user("b1"), user("a2"), NO_MORE);
    assertThat(run(script, "a*", "", "search", "-A", "all")).as(typed.said()).isZero();
    assertThat(typed.printed().lines()).containsExactlyInAnyOrder("a1 g 1", "a2 g 1");
  }

  @Test
  void aReaderWhoIsGoneEndsTheRun() {
    typed.printTo(
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("gone");
          }
        });
    Script script =
        (peer, number) -> {
          peer.say(HELLO);
          int id = peer.nextRun().requestId();
          peer.say(new Message.Columns(id, ScriptedWorkers.COLUMNS));
          while (true) { // until the lane is closed
            peer.say(new Message.Row(id, List.of(Value.of("x".repeat(10_000)), Value.of(1))));
          }
        };
    assertThatThrownBy(() -> run(script, "*", "", "search", "-u", "joe", "all")).hasMessage("gone");
  }

  @Test
  void aWorkerWithOtherColumnsFailsItsUsersWithThatReason() throws Exception {
    Script script =
        (peer, number) -> {
          peer.say(HELLO);
          peer.say(new Message.Columns(peer.nextRun().requestId(), List.of(new Column("other"))));
          peer.answerAll();
        };
    assertThat(run(script, "*", "", "search", "-u", "joe", "all")).isEqualTo(75);
    assertThat(typed.said())
        .contains(
            "Server s", "none of the worker's columns is known here: it runs another version");
  }

  @Test
  void aListWithoutNamesIsNoList() throws Exception {
    Message nothing = new Message.Columns(1, List.of());
    Script script = listing(nothing, new Message.Row(1, List.of()), NO_MORE);
    assertThat(run(script, "*", "", "search", "-A", "all")).isEqualTo(75);
    assertThat(typed.said()).contains("its list of users has no column for them");
  }
}
