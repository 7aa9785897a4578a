package org.doveadmsshd.server.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.FixedResources;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.worker.FaultBarrier;
import org.doveadmsshd.worker.UserWork;
import org.doveadmsshd.worker.Worker;
import org.doveadmsshd.worker.audit.Audit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a brain may rely on with every server. */
@Timeout(120)
abstract class ServerContract {
  private static final int USERS = 60;
  private static final int LANES = 3;
  private static final String SCOPE = "u*@example.org";

  @TempDir Path directory;
  final ExecutorService threads = Executors.newCachedThreadPool();
  final MemoryBudget budget = new MemoryBudget(64 * 1024 * 1024);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private final Map<String, Integer> begun = Collections.synchronizedMap(new TreeMap<>());
  private final AtomicInteger working = new AtomicInteger();
  private final AtomicInteger mostWorking = new AtomicInteger();
  private final CountDownLatch deaf = new CountDownLatch(1);
  private volatile Deed deed = order -> {};
  private volatile Running run;

  /** Whether the list of users breaks off before its end. */
  private volatile boolean listBreaksOff;

  /** What is done for a user, before a row is put out for him. */
  private interface Deed {
    void on(UserWork.Order order) throws Failure, IOException;
  }

  /**
   * What is tested.
   *
   * @param worker carries out what is asked of the server
   * @param master who asks
   * @param lanes as many as work at once
   */
  abstract Server open(Worker worker, Master master, int lanes) throws Exception;

  /** Ends what was opened. */
  void close() throws Exception {}

  @AfterEach
  void nothingStays() throws Exception {
    deaf.countDown();
    close();
    threads.shutdown();
    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).as("every thread ends").isTrue();
    assertThat(budget.all().held()).as("memory that is held").isZero();
  }

  private Server server() throws Exception {
    Worker.ServerContexts contexts =
        (master, input, output) -> {
          throw new Failure(Outcome.CONFIGURATION_ERROR, "this is the server itself");
        };
    Worker worker = new Worker(new Users(), new Work(), contexts, Audit.NONE);
    Scope scope = new Scope(List.of(new UserMask(SCOPE)), Set.of());
    return open(worker, new Master("m", scope, Login.NONE), LANES);
  }

  /** Users within the scope, and one outside of it. */
  private final class Users implements Userdb {
    @Override
    public Optional<MailUser> find(String name) {
      return Optional.of(new MailUser(name, Map.of()));
    }

    @Override
    public boolean canList() {
      return true;
    }

    @Override
    public void forEach(Visitor visitor) throws Failure, IOException {
      visitor.visit("x@example.org");
      for (int i = 1; i <= USERS; i++) {
        if (listBreaksOff && i > USERS / 2) {
          throw Failure.temporary("the database has gone", new IOException("reset"));
        }
        visitor.visit(user(i));
      }
    }
  }

  private static String user(int number) {
    return "u%02d@example.org".formatted(number);
  }

  /** Does the deed of the test. */
  private final class Work implements UserWork {
    @Override
    public int together() {
      return 2;
    }

    @Override
    public void run(List<Order> orders, Listener listener) throws IOException {
      for (Order order : orders) {
        listener.begun(order);
        Optional<Failure> failure =
            FaultBarrier.run(order::text, order.control(), () -> false, () -> carryOut(order));
        listener.ended(order, failure.orElse(null));
      }
    }

    private void carryOut(Order order) throws Failure, IOException {
      String user = order.request().user();
      order.master().scope().checkUser(user, order.request().command());
      begun.merge(user, 1, Integer::sum);
      mostWorking.accumulateAndGet(working.incrementAndGet(), Math::max);
      try {
        order.control().check();
        deed.on(order);
      } finally {
        working.decrementAndGet();
      }
      if (order.request().command().equals("search")) {
        order.output().row(null, List.of(Value.of("g"), Value.of(1)));
      }
    }
  }

  private int run(String input, String... words) throws Exception {
    Server server = server();
    InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    return new Brain(threads, Clock.systemUTC(), new About("doveadm"))
        .run(
            List.of(words),
            new Console(in, out, error, false, 80),
            new FixedResources(List.of(server), budget.all()),
            started -> run = started);
  }

  private static String names() {
    StringBuilder names = new StringBuilder();
    IntStream.rangeClosed(1, USERS).forEach(i -> names.append(user(i)).append('\n'));
    return names.toString();
  }

  private List<String> output() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private String errors() {
    return error.toString(StandardCharsets.UTF_8);
  }

  private static List<String> rowsOfAll() {
    return IntStream.rangeClosed(1, USERS).mapToObj(i -> user(i) + " g 1").toList();
  }

  @Test
  void everyUserOfAListIsDoneOnce() throws Exception {
    assertThat(run(names(), "search", "-F", "-", "all")).as(errors()).isZero();
    assertThat(output()).containsExactlyInAnyOrderElementsOf(rowsOfAll());
    assertThat(begun).hasSize(USERS).allSatisfy((user, times) -> assertThat(times).isEqualTo(1));
  }

  @Test
  void everyUserItNamesIsDoneOnceAndNobodyElse() throws Exception {
    assertThat(run("", "search", "-A", "all")).as(errors()).isZero();
    assertThat(output()).containsExactlyInAnyOrderElementsOf(rowsOfAll());
  }

  @Test
  void itNamesTheUsersOfTheScopeThatMatch() throws Exception {
    Server server = server();
    List<String> all = new ArrayList<>();
    server.listUsers(UserMask.ALL, all::add);
    assertThat(all).hasSize(USERS).startsWith(user(1)).endsWith(user(USERS));
    List<String> some = new ArrayList<>();
    server.listUsers(new UserMask("u0?@*"), some::add);
    assertThat(some).hasSize(9).isSubsetOf(all);
    assertThat(server.mayHave(user(1))).isTrue();
    assertThat(server.name()).isNotEmpty();
  }

  @Test
  void aListThatBreaksOffIsAFailureAndNotAShortList() throws Exception {
    listBreaksOff = true;
    Server server = server();
    List<String> names = new ArrayList<>();
    assertThatThrownBy(() -> server.listUsers(UserMask.ALL, names::add))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE));
    assertThat(names).hasSize(USERS / 2);
  }

  @Test
  void whoIsOutOfScopeIsRefusedAndTheOthersAreDone() throws Exception {
    int code = run("x@example.org\n" + names(), "search", "-F", "-", "all");
    assertThat(code).isEqualTo(77);
    assertThat(output()).containsExactlyInAnyOrderElementsOf(rowsOfAll());
    assertThat(errors()).contains("x@example.org");
  }

  @Test
  void noMoreLanesWorkThanThereAre() throws Exception {
    deed = order -> Thread.yield();
    assertThat(run(names(), "search", "-F", "-", "all")).as(errors()).isZero();
    assertThat(mostWorking.get()).isBetween(1, LANES);
  }

  @Test
  void noMoreLanesWorkThanAreAskedFor() throws Exception {
    String one = "doveadm_worker_count=1";
    assertThat(run(names(), "-o", one, "search", "-F", "-", "all")).as(errors()).isZero();
    assertThat(mostWorking).hasValue(1);
    assertThat(output()).containsExactlyInAnyOrderElementsOf(rowsOfAll());
  }

  @Test
  void whatFailsForOneUserFailsForNobodyElse() throws Exception {
    deed =
        order -> {
          String user = order.request().user();
          if (user.equals(user(7))) {
            throw new IllegalStateException("a fault");
          } else if (user.equals(user(9))) {
            throw new Failure(Outcome.NO_USER, "User doesn't exist");
          } else if (user.equals(user(11))) {
            throw new IOException("Input/output error");
          }
        };
    assertThat(run(names(), "search", "-F", "-", "all")).isNotZero();
    assertThat(output()).hasSize(USERS - 3).isSubsetOf(rowsOfAll());
    assertThat(errors()).contains(user(7)).contains(user(9)).contains(user(11));
  }

  @Test
  void everyUserGetsAllThatACommandReads() throws Exception {
    String mail = "Subject: s\n\n" + "0123456789abcde\n".repeat(30_000);
    List<String> read = Collections.synchronizedList(new ArrayList<>());
    deed =
        order -> {
          try (InputStream in = order.input().open()) {
            read.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
          }
        };
    assertThat(run(mail, "save", "-A")).as(errors()).isZero();
    assertThat(read).hasSize(USERS).containsOnly(mail);
  }

  @Test
  void aUsersRowsComeTogetherAndInTheirOrder() throws Exception {
    deed =
        order -> {
          for (int i = 2; i <= 300; i++) {
            order.output().row(null, List.of(Value.of("g"), Value.of(i)));
          }
        };
    assertThat(run(names(), "search", "-F", "-", "all")).as(errors()).isZero();
    List<String> lines = output();
    assertThat(lines).hasSize(300 * USERS);
    for (int from = 0; from < lines.size(); from += 300) {
      String user = lines.get(from).split(" ")[0];
      for (int i = 2; i <= 300; i++) {
        assertThat(lines.get(from + i - 2)).isEqualTo(user + " g " + i);
      }
      assertThat(lines.get(from + 299)).isEqualTo(user + " g 1");
    }
  }

  @Test
  void aCancelEndsUsersUnderWayAndBeginsNoFurther() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    deed =
        order -> {
          if (first.getCount() > 0) {
            first.countDown();
            run.cancel();
          }
          while (true) { // until it is to stop
            order.control().check();
            Thread.onSpinWait();
          }
        };
    assertThat(run(names(), "search", "-F", "-", "all")).isEqualTo(75);
    assertThat(output()).isEmpty();
    assertThat(errors()).contains("Stopped; users that were not begun are unchanged");
    assertThat(begun.size()).isLessThanOrEqualTo(2 * LANES);
  }

  @Test
  void whoDoesNotStopIsNotWaitedFor() throws Exception {
    deed =
        order -> {
          run.cancel();
          awaitEndOfTest();
        };
    assertThat(run(names(), "search", "-F", "-", "all")).isEqualTo(75);
    assertThat(errors()).contains("Stopped; users that were not begun are unchanged");
  }

  /** Hears neither a cancel nor an interrupt. */
  private void awaitEndOfTest() {
    boolean interrupted = true;
    while (interrupted) {
      try {
        deaf.await();
        interrupted = false;
      } catch (InterruptedException e) {
        // deaf
      }
    }
  }

  @Test
  void aCommandAboutTheServerIsCarriedOutThere() throws Exception {
    assertThat(run("", "reload")).isEqualTo(78);
    assertThat(errors()).contains("this is the server itself");
  }
}
