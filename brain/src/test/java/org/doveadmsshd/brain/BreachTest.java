package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.brain.remote.ScriptedWorkers.HELLO;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.remote.Breach;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.brain.remote.ScriptedWorkers;
import org.doveadmsshd.brain.remote.ScriptedWorkers.Peer;
import org.doveadmsshd.protocol.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One of two workers breaks the protocol: its lane is given up, the other goes on, and each user
 * has one outcome.
 */
@Timeout(60)
class BreachTest {
  private static final int USERS = 40;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Typed typed = new Typed();

  /** Whether the worker that breaks the protocol has been asked twice. */
  private final CountDownLatch firstHasTwo = new CountDownLatch(2);

  /** Users whom a worker that keeps to the protocol has been asked for, as often as that was. */
  private final List<String> answered = Collections.synchronizedList(new ArrayList<>());

  /** Users whom the other one has been asked for. */
  private final List<String> inDoubt = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void stop() {
    typed.close();
    threads.shutdownNow();
  }

  private int run(Breach breach, String... words) throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(threads, (peer, number) -> play(breach, peer, number))
            .telling(this::note);
    Server server = new RemoteServer("mail7", workers, List.of(UserMask.ALL), 2, threads);
    String names = String.join("\n", ManyLanes.users(USERS));
    int code = typed.run(List.of(server), names, words);
    workers.awaitNoLanes();
    return code;
  }

  private void note(Message message, int number) {
    if (message instanceof Message.Run) {
      (number == 1 ? inDoubt : answered).add(((Message.Run) message).user());
      if (number == 1) {
        firstHasTwo.countDown();
      }
    }
  }

  private void play(Breach breach, Peer peer, int number) throws Exception {
    peer.say(HELLO);
    if (number == 1) {
      Message.Run first = peer.nextRun();
      peer.nextRun();
      breach.commit(peer, first.requestId());
    } else {
      firstHasTwo.await();
    }
    if (number > 1 || !breach.closes()) {
      peer.answerAll(); // also who has broken the protocol: the brain does not listen any more
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatMayBeRepeatedIsDoneByTheOther(Breach breach) throws Exception {
    assertThat(run(breach, "search", "-F", "-", "all")).as(typed.said()).isZero();
    assertThat(typed.printed().lines()).hasSize(USERS).doesNotHaveDuplicates();
    assertThat(typed.printed()).doesNotContain("half");
    assertThat(typed.said()).contains("40 users, 40 matched").doesNotContain("Exception");
  }

  @ParameterizedTest
  @EnumSource
  void whatMayNotIsAskedForOnceAndItIsSaidWhy(Breach breach) throws Exception {
    String[] words = {"batch", "-F", "-", ":", "search", "all"}; // is never repeated
    assertThat(run(breach, words)).as(typed.said()).isEqualTo(75);
    assertThat(answered).doesNotHaveDuplicates();
    assertThat(inDoubt).doesNotHaveDuplicates().doesNotContainAnyElementsOf(answered);
    assertThat(answered.size() + inDoubt.size()).isLessThanOrEqualTo(USERS);
    assertThat(typed.said()).contains("Server mail7").contains(breach.said());
    assertThat(typed.said()).contains("40 users").doesNotContain("Exception");
  }
}
