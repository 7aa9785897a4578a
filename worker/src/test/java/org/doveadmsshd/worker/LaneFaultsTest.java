package org.doveadmsshd.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.auth.PassdbChain;
import org.doveadmsshd.auth.PassdbMasters;
import org.doveadmsshd.auth.StaticUserdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lanes whose work throws an unexpected error, does not end, or needs more room than there is. */
@Timeout(120)
class LaneFaultsTest {
  private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final MemoryBudget budget = new MemoryBudget(8 * 1024 * 1024);
  private final List<String> done = Collections.synchronizedList(new ArrayList<>());
  private volatile CountDownLatch reader = new CountDownLatch(0);

  @AfterEach
  void stop() {
    reader.countDown();
    threads.shutdownNow();
  }

  /** What is done for a user. */
  private interface Deed {
    void on(UserWork.Order order) throws Failure, IOException;
  }

  private LaneSession lane(Deed deed) {
    return lane(deed, Audit.NONE);
  }

  private LaneSession lane(Deed deed, Audit audit) {
    Master master = new Master("m", Scope.UNLIMITED, Login.NONE);
    Masters nobody = new PassdbMasters(Map.of(), new PassdbChain(List.of()), Set.of());
    Worker worker =
        new Worker(
            new StaticUserdb(Map.of(), true),
            new Work(deed),
            (who, input, output) -> {
              done.add("server");
              throw new Failure(Outcome.USAGE, "no server here");
            },
            audit);
    LaneSession lane =
        new LaneSession(
            Workers.always(worker),
            nobody,
            LanePeer.authenticated(() -> Optional.of(master)),
            threads,
            new LaneSession.Transport(this::take, closed::countDown, budget.all()),
            "test");
    lane.start();
    lane.receive(new Message.Hello(Limits.VERSION, "test", Optional.empty(), List.of()));
    return lane;
  }

  private void take(Message message) throws IOException {
    try {
      reader.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    received.add(message);
  }

  /** Several orders at once, each by the deed. */
  private final class Work implements UserWork {
    private final Deed deed;

    Work(Deed deed) {
      this.deed = deed;
    }

    @Override
    public int together() {
      return 4;
    }

    @Override
    public void run(List<Order> orders, Listener listener) throws IOException {
      for (Order order : orders) {
        listener.begun(order);
        Optional<Failure> failure =
            FaultBarrier.run(
                order::text, order.control(), order.output()::isBroken, () -> deed.on(order));
        done.add(order.request().user());
        listener.ended(order, failure.orElse(null));
      }
    }
  }

  private static Message.Run run(int id, String user, String command, String... words) {
    return new Message.Run(id, user, command, List.of(words), 0, 0, false);
  }

  private static Message.Run search(int id, String user) {
    return run(id, user, "search", "all");
  }

  private Message next() throws InterruptedException {
    Message message = received.poll(1, TimeUnit.MINUTES);
    assertThat(message).as("an answer").isNotNull();
    return message;
  }

  private Message.Done done(int id) throws InterruptedException {
    Message message;
    do {
      message = next();
    } while (!(message instanceof Message.Done));
    assertThat(message.requestId()).isEqualTo(id);
    return (Message.Done) message;
  }

  private static UserWork failing(Supplier<? extends Throwable> thrown) {
    return new UserWork() {
      @Override
      public int together() {
        return 4;
      }

      @Override
      public void run(List<Order> orders, Listener listener) {
        LaneFaultsTest.<RuntimeException>raise(thrown.get());
      }
    };
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void raise(Throwable thrown) throws T {
    throw (T) thrown;
  }

  static List<Throwable> faults() {
    return List.of(
        new IllegalStateException("a fault"),
        new StackOverflowError(),
        new OutOfMemoryError("no heap"),
        new NoClassDefFoundError("x"),
        new IOException("Input/output error"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void whateverTheWorkForAUserThrowsIsHisFailureAndTheNextIsServed(Throwable fault)
      throws Exception {
    LaneSession lane =
        lane(
            order -> {
              if (order.request().user().equals("bad")) {
                LaneFaultsTest.<RuntimeException>raise(fault);
              }
            });
    lane.receive(search(1, "bad"));
    lane.receive(search(2, "good"));
    assertThat(done(1).outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(done(2).outcome()).isEqualTo(Outcome.OK);
    lane.receive(search(3, "good"));
    assertThat(done(3).outcome()).isEqualTo(Outcome.OK);
    assertThat(closed.getCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aWorkPlaceThatFailsFailsWhoWasGivenToIt(Throwable fault) throws Exception {
    Master master = new Master("m", Scope.UNLIMITED, Login.NONE);
    Worker worker =
        new Worker(
            new StaticUserdb(Map.of(), true),
            failing(() -> fault),
            (who, input, output) -> null,
            Audit.NONE);
    List<Worker.Request> requests = new ArrayList<>();
    for (int id = 1; id <= 3; id++) {
      requests.add(
          new Worker.Request(
              search(id, "user" + id),
              new RequestControl(),
              InputStream::nullInputStream,
              received::add));
    }
    worker.run(master, requests);
    for (int id = 1; id <= 3; id++) {
      assertThat(done(id).outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE);
    }
    assertThat(received).isEmpty();
  }

  @Test
  void aFaultInAccountingIsAFailureOfTheRequest() throws Exception {
    Audit faulty =
        new Audit() {
          @Override
          public void check() {}

          @Override
          public void note(AuditEvent event) {
            throw new IllegalStateException("a fault");
          }
        };
    LaneSession lane = lane(order -> {}, faulty);
    lane.receive(search(1, "a"));
    lane.receive(search(2, "b"));
    assertThat(done(1).outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(done(2).outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE);
  }

  @Test
  void requestsAboutTheServerKeepTheirPlaceBetweenThoseForUsers() throws Exception {
    reader = new CountDownLatch(1); // all of them wait behind the hello
    LaneSession lane = lane(order -> {});
    lane.receive(search(1, "a"));
    lane.receive(run(2, "", "reload"));
    lane.receive(search(3, "b"));
    reader.countDown();
    for (int id = 1; id <= 3; id++) {
      done(id);
    }
    assertThat(done).containsExactly("a", "server", "b");
  }

  @Test
  void aCommandThatWaitsForInputFailsWhenTheClientEndsItsStream() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    LaneSession lane =
        lane(
            order -> {
              try (InputStream in = order.input().open()) {
                reading.countDown();
                in.readAllBytes();
              }
            });
    lane.receive(run(1, "a", "save"));
    reading.await();
    lane.inputEnded();
    assertThat(done(1).outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(closed.await(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void aCommandThatWaitsForInputIsCancelled() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    LaneSession lane =
        lane(
            order -> {
              try (InputStream in = order.input().open()) {
                reading.countDown();
                in.readAllBytes();
              }
            });
    lane.receive(run(1, "a", "save"));
    reading.await();
    lane.receive(new Message.Cancel(1));
    assertThat(done(1).outcome()).isEqualTo(Outcome.CANCELLED);
  }

  @Test
  void inputThatComesWhenTheCommandHasReadEnoughIsPassedOver() throws Exception {
    CountDownLatch enough = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    LaneSession lane =
        lane(
            order -> {
              try (InputStream in = order.input().open()) {
                in.read(new byte[1]);
              }
              enough.countDown();
              try {
                end.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            });
    lane.receive(run(1, "a", "save"));
    assertThat(next()).isInstanceOf(Message.Hello.class);
    assertThat(next()).isInstanceOf(Message.Wanted.class);
    lane.receive(new Message.Input(1, false, ByteBuffer.wrap(new byte[10])));
    enough.await();
    lane.receive(new Message.Input(1, true, ByteBuffer.wrap(new byte[10])));
    end.countDown();
    assertThat(done(1).outcome()).isEqualTo(Outcome.OK);
    assertThat(budget.all().held()).isZero();
  }

  @Test
  void withLittleMemoryInputIsWantedPieceByPiece() throws Exception {
    assertThat(budget.all().tryTake(budget.all().most() - Limits.MAX_CHUNK)).isTrue();
    LaneSession lane = lane(order -> order.input().open().read());
    lane.receive(run(1, "a", "save"));
    assertThat(next()).isInstanceOf(Message.Hello.class);
    assertThat(((Message.Wanted) next()).pieces()).isEqualTo(1);
  }

  @Test
  void muchThatWaitsKeepsThePeerFromSendingMoreAndIsCounted() throws Exception {
    reader = new CountDownLatch(1);
    LaneSession lane = lane(order -> {});
    CountDownLatch room = new CountDownLatch(2);
    String word = "x".repeat(50_000);
    for (int id = 1; id <= 4; id++) {
      lane.receive(run(id, "a", "search", "body", word));
      lane.whenRoom(() -> {});
    }
    lane.whenRoom(room::countDown);
    lane.whenRoom(room::countDown);
    assertThat(room.getCount()).isEqualTo(2);
    assertThat(budget.all().held()).isGreaterThan(200_000);
    reader.countDown();
    assertThat(room.await(1, TimeUnit.MINUTES)).isTrue();
    for (int id = 1; id <= 4; id++) {
      done(id);
    }
    assertThat(budget.all().held()).isZero();
  }

  @Test
  void aLaneThatIsGoneHoldsNothing() throws Exception {
    reader = new CountDownLatch(1);
    LaneSession lane = lane(order -> order.output().row(null, List.of(Value.of("x"))));
    for (int id = 1; id <= 20; id++) {
      lane.receive(run(id, "a", "search", "body", "x".repeat(1000)));
    }
    lane.closed();
    assertThat(budget.all().held()).isZero();
  }

  @Test
  void aDeadlineBeyondAllTimeIsNone() throws Exception {
    LaneSession lane = lane(order -> order.control().check());
    lane.receive(
        new Message.Run(1, "a", "search", List.of("all"), 0, Long.MAX_VALUE / 1000, false));
    assertThat(done(1).outcome()).isEqualTo(Outcome.OK);
  }

  @Test
  void whereManyLanesShareAThreadNoneMayAskForSignsOfLife() throws Exception {
    LaneSession lane = lane(order -> {});
    lane.receive(new Message.Ping());
    assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(received).anyMatch(Message.Fault.class::isInstance);
    assertThat(received).noneMatch(Message.Alive.class::isInstance);
  }
}
