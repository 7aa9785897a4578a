package org.doveadmsshd.server.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.FixedResources;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.server.ssh.MemoryAccounts;
import org.doveadmsshd.worker.RequestOutput;
import org.doveadmsshd.worker.UserWork;
import org.doveadmsshd.worker.Worker;
import org.doveadmsshd.worker.audit.Audit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The server's own brain on its own users: lanes that are threads. */
@Timeout(60)
class LocalServerTest {
  private static final int LANES = 3;

  private final MemoryAccounts accounts = new MemoryAccounts();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private final AtomicInteger working = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final List<String> done = new ArrayList<>(); // guarded by itself
  private Scope scope = Scope.UNLIMITED;
  private ForUser forUser = user -> {};
  private Puts output = (user, to) -> {};
  private volatile Running running;

  /** What is done for one user. */
  private interface ForUser {
    void work(String user) throws Failure, InterruptedException, BrokenBarrierException;
  }

  /** What is put out for one user. */
  private interface Puts {
    void out(String user, RequestOutput to) throws IOException;
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private final class Work implements UserWork {
    @Override
    public int together() {
      return 1;
    }

    @Override
    public void run(List<Order> orders, Listener listener) throws IOException {
      for (Order order : orders) {
        most.accumulateAndGet(working.incrementAndGet(), Math::max);
        listener.begun(order);
        Failure failure = null;
        try {
          forUser.work(order.request().user());
          order.control().check();
          output.out(order.request().user(), order.output());
        } catch (Failure e) {
          failure = e;
        } catch (InterruptedException | BrokenBarrierException e) {
          throw new IllegalStateException(e);
        } finally {
          working.decrementAndGet();
        }
        synchronized (done) {
          done.add(order.request().user());
        }
        listener.ended(order, failure);
      }
    }
  }

  private LocalServer server() {
    Worker worker =
        new Worker(
            accounts,
            new Work(),
            (master, input, output) -> {
              throw new Failure(Outcome.USAGE, "not here");
            },
            Audit.NONE);
    return new LocalServer(worker, new Master("admin", scope, Login.NONE), LANES, threads);
  }

  private void users(int many) {
    accounts.users.clear();
    for (int i = 0; i < many; i++) {
      accounts.users.add("user" + i);
    }
  }

  private int run(String... words) throws IOException {
    LocalServer server = server();
    MemoryBudget budget = new MemoryBudget(16 * 1024 * 1024);
    Brain.Resources resources = new FixedResources(List.of(server), budget.all());
    Console console =
        new Console(
            InputStream.nullInputStream(), OutputStream.nullOutputStream(), error, false, 80);
    return new Brain(threads, Clock.systemUTC(), new About("doveadm"))
        .run(List.of(words), console, resources, started -> running = started);
  }

  private String said() {
    return error.toString(StandardCharsets.UTF_8);
  }

  @Test
  void asManyUsersAreWorkedOnAtOnceAsThereAreLanesAndEachOnce() throws Exception {
    users(12);
    CyclicBarrier together = new CyclicBarrier(LANES);
    forUser = user -> together.await();
    assertThat(run("search", "-A", "all")).isZero();
    assertThat(most).hasValue(LANES);
    assertThat(done).containsExactlyInAnyOrderElementsOf(accounts.users);
    assertThat(said()).contains("12 users");
  }

  @Test
  void fewerLanesMayBeAskedForAndMoreAreNotHad() throws Exception {
    users(8);
    CyclicBarrier together = new CyclicBarrier(2);
    forUser = user -> together.await();
    assertThat(run("-o", "doveadm_worker_count=2", "search", "-A", "all")).isZero();
    assertThat(most).hasValue(2);
    most.set(0);
    users(9);
    CyclicBarrier all = new CyclicBarrier(LANES);
    forUser = user -> all.await();
    assertThat(run("-o", "doveadm_worker_count=100", "search", "-A", "all")).isZero();
    assertThat(most).hasValue(LANES);
  }

  @Test
  void aFailureIsOneUsersAndTheOthersAreDone() throws Exception {
    users(5);
    forUser =
        user -> {
          if (user.equals("user2")) {
            throw new Failure(Outcome.NOT_FOUND, "Mailbox doesn't exist: Nope");
          }
        };
    assertThat(run("search", "-A", "all")).isEqualTo(68);
    assertThat(said()).contains("doveadm(user2): Error: Mailbox doesn't exist: Nope");
    assertThat(said()).contains("1 failed");
    assertThat(done).hasSize(5);
  }

  @Test
  void usersAreListedByMaskWithinTheScope() throws Exception {
    scope = new Scope(List.of(new UserMask("j*"), new UserMask("mary")), Set.of());
    accounts.users.add("james");
    List<String> listed = new ArrayList<>();
    server().listUsers(new UserMask("j*"), listed::add);
    assertThat(listed).containsExactly("jane", "joe", "james");
    listed.clear();
    scope = new Scope(List.of(new UserMask("mary")), Set.of());
    server().listUsers(new UserMask("*"), listed::add);
    assertThat(listed).containsExactly("mary");
  }

  @Test
  void aListOfARunThatIsStoppedEndsAsSuch() {
    LocalServer server = server();
    server.cancel();
    assertThatThrownBy(() -> server.listUsers(new UserMask("*"), name -> {}))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.CANCELLED));
  }

  @Test
  void aRunThatIsStoppedTellsTheWorkUnderWayAndBeginsNoMore() throws Exception {
    users(20);
    CountDownLatch begun = new CountDownLatch(LANES);
    CountDownLatch goOn = new CountDownLatch(1);
    forUser =
        user -> {
          begun.countDown();
          goOn.await();
        };
    CompletableFuture<Integer> code = CompletableFuture.supplyAsync(this::search, threads);
    begun.await();
    accounts.listed.acquire();
    running.cancel();
    goOn.countDown();
    assertThat(code.get()).isEqualTo(75);
    assertThat(done).hasSize(LANES);
    assertThat(said()).contains("3 stopped", "17 not begun");
  }

  private int search() {
    try {
      return run("search", "-A", "all");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As a thread that is in a system call which does not return. */
  @Test
  void aLaneThatDoesNotComeBackIsInterruptedAndTheRunEndsWithoutIt() throws Exception {
    users(1);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch comesBack = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    forUser =
        user -> {
          begun.countDown();
          while (true) {
            try {
              comesBack.await();
              return;
            } catch (InterruptedException e) {
              interrupted.countDown();
            }
          }
        };
    CompletableFuture<Integer> code = CompletableFuture.supplyAsync(this::search, threads);
    begun.await();
    running.cancel();
    assertThat(code.get()).isEqualTo(75);
    assertThat(done).as("it has not come back").isEmpty();
    interrupted.await();
    comesBack.countDown();
  }

  @Test
  void aFaultOfTheProgramInALaneEndsTheRunAndNotTheServer() throws Exception {
    users(3);
    forUser =
        user -> {
          throw new IllegalStateException("a fault");
        };
    assertThat(search()).isEqualTo(75);
    assertThat(said()).doesNotContain("IllegalState");
    forUser = user -> {};
    assertThat(run("search", "-A", "all")).isZero();
  }

  /** As a worker process of a version that was installed while the server runs. */
  @Test
  void anotherVersionsColumnsFailTheirUserAndNotTheRun() throws Exception {
    users(3);
    output =
        (user, to) -> {
          if (user.equals("user1")) {
            to.pass(new Message.Columns(1, List.of(new Column("of-another-version"))));
          }
        };
    assertThat(run("search", "-A", "all")).isEqualTo(75);
    assertThat(said().lines().filter(line -> line.contains("Error")))
        .containsExactly(
            "doveadm(user1): Error: The worker does not keep to the protocol:"
                + " none of the worker's columns is known here: it runs another version");
    assertThat(said()).contains("3 users, 1 failed");
  }

  @Test
  void itIsNamedAndMayHaveEveryUser() {
    assertThat(server().name()).isEqualTo("localhost");
    assertThat(server().mayHave("whoever")).isTrue();
  }
}
