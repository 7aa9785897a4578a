package org.doveadmsshd.worker.supervised;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.worker.supervised.ScriptedProcesses.HELLO;
import static org.doveadmsshd.worker.supervised.ScriptedProcesses.columns;
import static org.doveadmsshd.worker.supervised.ScriptedProcesses.done;
import static org.doveadmsshd.worker.supervised.ScriptedProcesses.row;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.worker.RelayOrders;
import org.doveadmsshd.worker.RequestControl;
import org.doveadmsshd.worker.UserWork;
import org.doveadmsshd.worker.supervised.ScriptedProcesses.Peer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Work in processes of which the first does not keep to the protocol: one user at most is in doubt,
 * the others are done by the next process, and nothing stays of any.
 */
@Timeout(60)
class WorkerConversationsTest {
  private static final int USERS = 5;

  @TempDir Path directory;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> course = Collections.synchronizedList(new ArrayList<>());
  private ScriptedProcesses processes;
  private SupervisedWork work;

  /** What the first process does; the others answer whatever they are asked. */
  private void first(ScriptedProcesses.Script script) throws IOException {
    processes = new ScriptedProcesses(directory, threads, script);
    work = new SupervisedWork(processes.supervisor(), "doveadm");
  }

  @AfterEach
  void nothingStays() throws Exception {
    work.close();
    assertThat(processes.areAllClosed()).as("every connection is closed").isTrue();
    processes.close();
    threads.shutdownNow();
    awaitNoThread("worker-");
    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
  }

  private static void awaitNoThread(String prefix) throws InterruptedException {
    for (Thread each : Thread.getAllStackTraces().keySet()) {
      if (each.getName().startsWith(prefix)) {
        each.join(TimeUnit.SECONDS.toMillis(30));
        assertThat(each.isAlive()).as(each.getName()).isFalse();
      }
    }
  }

  private void run(String user, int users) throws IOException {
    List<UserWork.Order> orders = new ArrayList<>();
    for (int id = 1; id <= users; id++) {
      Message.Run run = new Message.Run(id, user + id, "save", List.of(), 0, 0, false);
      orders.add(
          RelayOrders.order(
              new Master("m", Scope.UNLIMITED, Login.NONE),
              run,
              new RequestControl(),
              () -> new ByteArrayInputStream(new byte[10]),
              message -> {}));
    }
    work.run(
        orders,
        new UserWork.Listener() {
          @Override
          public void begun(UserWork.Order order) {
            course.add("begun " + order.request().user());
          }

          @Override
          public void ended(UserWork.Order order, Failure failure) {
            String outcome =
                failure == null ? "OK" : failure.outcome() + " " + failure.getMessage();
            course.add("ended " + order.request().user() + " " + outcome);
          }
        });
  }

  /** Each user has one outcome, at the end of his turn; these are in doubt. */
  private void expect(String user, int users, Integer... inDoubt) {
    List<String> expected = new ArrayList<>();
    for (int id = 1; id <= users; id++) {
      expected.add("begun " + user + id);
      String lost =
          "TEMPORARY_FAILURE The worker process for %s%d has ended by itself; what it had done"
              + " until then stays done";
      boolean doubt = List.of(inDoubt).contains(id);
      expected.add("ended " + user + id + " " + (doubt ? lost.formatted(user, id) : "OK"));
    }
    assertThat(course).isEqualTo(expected);
    course.clear();
  }

  /** What the first process says instead of what it should, when it has been asked for user 1. */
  private enum Breach {
    NO_GREETING {
      @Override
      void commit(Peer peer) throws IOException {
        peer.answer(1);
      }
    },
    ANOTHER_VERSION {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(new Message.Hello(2, "worker", Optional.empty(), List.of()));
      }
    },
    SECOND_GREETING {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO, HELLO);
      }
    },
    DONE_OF_ANOTHER_USER {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO, done(2));
      }
    },
    DONE_OF_NOBODY {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO, done(99));
      }
    },
    ROW_WITHOUT_COLUMNS {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO, row(1));
      }
    },
    ROW_OF_ANOTHER_WIDTH {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO, columns(1), new Message.Row(1, List.of()));
      }
    },
    COLUMNS_TWICE {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO, columns(1), columns(1));
      }
    },
    CHUNK_WITHOUT_ROW {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO, columns(1), new Message.Chunk(1, true, ByteBuffer.allocate(3)));
      }
    },
    FAULT_AT_ONCE {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(new Message.Fault("no memory for a lane"));
      }
    },
    FAULT_IN_BETWEEN {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO, columns(1), row(1), new Message.Fault("enough"));
      }
    },
    MORE_WANTED_THAN_MAY_BE {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO, new Message.Wanted(1, Limits.MAX_WANTED + 1));
      }
    },
    INPUT_WANTED_FOR_ANOTHER_USER {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO, new Message.Wanted(2, 1));
      }
    },
    REQUEST_OF_ITS_OWN {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO, new Message.ListUsers(1, "*"));
      }
    },
    LOGIN_WANTED {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO, new Message.Challenge(1, new byte[0]));
      }
    },
    FRAME_TOO_LONG {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO);
        peer.write(0x7f, 0, 0, 0);
      }
    },
    UNKNOWN_FRAME {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO);
        peer.write(0, 0, 0, 5, 126, 0, 0, 0, 1);
      }
    },
    CLOSED_INSIDE_A_FRAME {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO, columns(1));
        peer.write(0, 0, 0, 99, 25);
        peer.end();
      }
    },
    CLOSED_INSIDE_A_VALUE {
      @Override
      void commit(Peer peer) throws IOException {
        peer.say(HELLO, columns(1), new Message.Row(1, List.of(Value.CHUNKED)));
        peer.end();
      }
    },
    CLOSED_BEFORE_A_WORD {
      @Override
      void commit(Peer peer) throws IOException {
        peer.end();
      }
    };

    abstract void commit(Peer peer) throws IOException;
  }

  @ParameterizedTest
  @EnumSource(Breach.class)
  void aProcessThatBreaksTheProtocolPutsOneUserInDoubtAndTheOthersAreDoneByAnother(Breach breach)
      throws Exception {
    first(
        peer -> {
          for (int id = 1; id <= USERS; id++) {
            peer.nextRun(); // it breaks off when nothing is written to it any more
          }
          breach.commit(peer);
        });
    run("user", USERS);
    expect("user", USERS, 1);
    assertThat(processes.started()).isEqualTo(2);
  }

  @Test
  void whoWasDoneBeforeTheBreachStaysDone() throws Exception {
    first(
        peer -> {
          for (int id = 1; id <= USERS; id++) {
            peer.nextRun();
          }
          peer.say(HELLO, done(1), done(2), done(2));
        });
    run("user", USERS);
    expect("user", USERS, 3);
  }

  @Test
  void aProcessThatNeverGreetsIsGivenUpInTime() throws Exception {
    first(peer -> peer.await(Message.Fault.class)); // never
    work.endSilenceAfter(Duration.ofSeconds(2));
    run("user", USERS);
    expect("user", USERS, 1);
  }

  @Test
  void whatIsSaidBehindTheLastDoneHarmsNobody() throws Exception {
    first(
        peer -> {
          peer.say(HELLO);
          for (int id = 1; id < USERS; id++) {
            peer.answer(peer.nextRun());
          }
          int last = peer.nextRun();
          peer.say(columns(last), row(last), done(last), row(last), done(last));
        });
    run("user", USERS);
    expect("user", USERS);
    run("other", USERS);
    expect("other", USERS);
  }

  @Test
  void whatIsSaidBetweenTwoRequestsEndsTheLaneAndHarmsNobody() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    CountDownLatch said = new CountDownLatch(1);
    first(
        peer -> {
          peer.say(HELLO);
          for (int id = 1; id <= USERS; id++) {
            peer.answer(peer.nextRun());
          }
          over.await();
          peer.say(done(USERS));
          said.countDown();
        });
    run("user", USERS);
    expect("user", USERS);
    over.countDown();
    said.await();
    run("other", USERS);
    expect("other", USERS);
    assertThat(processes.started()).as("it is the lane that is of no use").isEqualTo(1);
  }

  @Test
  void aProcessThatWantsInputWithoutEndGetsNoMoreThanThereIs() throws Exception {
    List<Boolean> ends = Collections.synchronizedList(new ArrayList<>());
    first(
        peer -> {
          peer.say(HELLO);
          int id = peer.nextRun();
          for (int i = 0; i < 20; i++) {
            peer.say(new Message.Wanted(id, Limits.MAX_WANTED));
          }
          peer.answer(id);
          Message message;
          while (!((message = peer.next()) instanceof Message.Run)) {
            if (message instanceof Message.Input) {
              ends.add(((Message.Input) message).last());
            }
          }
          peer.answer(message.requestId());
        });
    run("user", 1);
    expect("user", 1);
    run("other", 1);
    expect("other", 1);
    assertThat(ends).containsExactly(true);
  }
}
