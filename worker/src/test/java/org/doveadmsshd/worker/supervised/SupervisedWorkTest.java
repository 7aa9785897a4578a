package org.doveadmsshd.worker.supervised;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.supervision.LineChannel;
import org.doveadmsshd.worker.RelayOrders;
import org.doveadmsshd.worker.RequestControl;
import org.doveadmsshd.worker.UserWork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Supervisors that do not answer as they should, and what becomes of users then. */
@Timeout(60)
class SupervisedWorkTest {
  private static final SupervisorConnection.Patience LIMITS =
      new SupervisorConnection.Patience(Duration.ofMillis(500), Duration.ofSeconds(1));

  @TempDir Path directory;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
  private final List<Outcome> ended = Collections.synchronizedList(new ArrayList<>());
  private final List<String> texts = Collections.synchronizedList(new ArrayList<>());
  private ServerSocketChannel listening;
  private SupervisedWork work;

  @BeforeEach
  void listen() throws IOException {
    listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listening.bind(UnixDomainSocketAddress.of(directory.resolve("s")));
    work = new SupervisedWork(directory.resolve("s"), "doveadm", LIMITS);
  }

  @AfterEach
  void stop() throws IOException {
    work.close();
    listening.close();
    for (SocketChannel each : open) {
      each.close();
    }
    threads.shutdownNow();
  }

  /** What the supervisor does with a connection. */
  private interface Script {
    void play(LineChannel lines) throws Exception;
  }

  private void supervisor(Script script) {
    threads.execute(
        () -> {
          try {
            while (true) {
              SocketChannel channel = listening.accept();
              open.add(channel);
              LineChannel lines =
                  new LineChannel(ChannelStreams.in(channel), ChannelStreams.out(channel));
              threads.execute(
                  () -> {
                    try {
                      script.play(lines);
                    } catch (Exception e) {
                      // the server has gone
                    }
                  });
            }
          } catch (IOException e) {
            // the test is over
          }
        });
  }

  private void run(int count) throws IOException {
    List<UserWork.Order> orders = new ArrayList<>();
    for (int id = 1; id <= count; id++) {
      Master master = new Master("m", Scope.UNLIMITED, Login.NONE);
      Message.Run run = new Message.Run(id, "user" + id, "search", List.of(), 0, 0, false);
      RequestControl control = new RequestControl();
      orders.add(
          RelayOrders.order(
              master, run, control, () -> new ByteArrayInputStream(new byte[0]), message -> {}));
    }
    work.run(
        orders,
        new UserWork.Listener() {
          @Override
          public void begun(UserWork.Order order) {}

          @Override
          public void ended(UserWork.Order order, Failure failure) {
            ended.add(failure.outcome());
            texts.add(failure.getMessage());
          }
        });
  }

  @Test
  void aSupervisorThatSaysNothingFailsItsUserAndHangsNobody() throws Exception {
    supervisor(LineChannel::receive);
    run(1);
    assertThat(ended).containsExactly(Outcome.TEMPORARY_FAILURE);
    assertThat(texts.get(0)).contains("is doveadm-supervisor running?");
    assertThatThrownBy(work::reload).isInstanceOf(Failure.class);
  }

  @Test
  void aSupervisorThatSaysThatOneHasToWaitIsWaitedFor() throws Exception {
    supervisor(
        lines -> {
          while (true) {
            lines.receive();
            for (int i = 0; i < 5; i++) {
              lines.send("WAIT");
              Thread.sleep(LIMITS.silence().toMillis() / 2); // how long it waits is the point
            }
            lines.send("FAILED", Integer.toString(Outcome.NO_USER.code()), "no such user");
          }
        });
    run(2);
    assertThat(ended).containsExactly(Outcome.NO_USER, Outcome.NO_USER);
    assertThat(open).as("it is asked on one connection").hasSize(1);
  }

  @Test
  void anOutcomeOfASupervisorThatIsNotKnownCountsAsTemporary() throws Exception {
    supervisor(
        lines -> {
          while (true) {
            lines.receive();
            lines.send("FAILED", "99", "something new");
          }
        });
    run(1);
    assertThat(ended).containsExactly(Outcome.TEMPORARY_FAILURE);
    assertThat(texts).containsExactly("something new");
  }

  @Test
  void aSupervisorThatComesToNoEndIsGivenUpOnceTheTimeOfTheUserIsOver() throws Exception {
    supervisor(
        lines -> {
          lines.receive();
          while (true) {
            lines.send("WAIT");
            Thread.sleep(50);
          }
        });
    SupervisorConnection connection =
        new SupervisorConnection(
            directory.resolve("s"), Executors.newSingleThreadScheduledExecutor(), LIMITS);
    assertThatThrownBy(() -> connection.worker("doveadm", List.of("jane"), 500))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no end");
  }
}
