package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.doveadmsshd.system.SupervisedSite.await;
import static org.doveadmsshd.system.SupervisedSite.isOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users of one uid, which are sent to a worker process together; needs root. */
@Timeout(120)
class UsersTogetherTest {
  private static final int FIRST = SupervisedSite.FIRST_UID;
  private static final String SEARCH = "search -A mailbox INBOX 1";

  /** No user's work takes as long, unless something holds it up. */
  private static final long LONG = TimeUnit.SECONDS.toNanos(2);

  @TempDir static Path directory;
  private static SupervisedSite supervised;
  private static TestSite site;
  private static List<String> users;

  @BeforeAll
  static void start() throws Exception {
    String service = "service_count = 0\nprocess_limit = 3\nidle_kill = 5m\nanswer_timeout = 3s\n";
    service += "confine = user\n"; // a thread for each user tells when one is held up
    supervised = new SupervisedSite(directory, 120, 2, "lock_timeout = 60s\n", service);
    site = supervised.site;
    users = supervised.users;
    assertThat(site.doveadm(SEARCH).lines()).hasSize(users.size());
  }

  @AfterAll
  static void stop() throws Exception {
    if (supervised != null) {
      supervised.close();
    }
  }

  /**
   * Makes every process wait that opens the user's INBOX; returns the file to delete so that it
   * goes on.
   */
  private static Path holdUp(String user) throws IOException {
    Path maildir = site.maildir(user);
    Files.writeString(maildir.resolve("new/1700000000.M1P1.held"), "Subject: held\n\n");
    return Files.createFile(maildir.resolve("dovecot-uidlist.lock"));
  }

  private static CompletableFuture<TestSite.Result> begin(String line) {
    return begin(() -> site.doveadm(line));
  }

  private static CompletableFuture<TestSite.Result> begin(Callable<TestSite.Result> run) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return run.call();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** The worker process with a thread for a user that is not over after a while. */
  private static long awaitHeldUp() throws InterruptedException {
    Map<Path, Long> seen = new HashMap<>();
    long[] found = new long[1];
    await(
        "a worker that is held up",
        () -> {
          for (long pid : supervised.workers(pid -> isOf(pid, FIRST) || isOf(pid, FIRST + 1))) {
            for (Path thread : userThreads(pid)) {
              long since = seen.computeIfAbsent(thread, each -> System.nanoTime());
              found[0] = System.nanoTime() - since > LONG ? pid : found[0];
            }
          }
          return found[0] != 0;
        });
    return found[0];
  }

  private static List<Path> userThreads(long pid) {
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      return threads.filter(UsersTogetherTest::isUsers).toList();
    } catch (IOException e) {
      return List.of(); // it has ended
    }
  }

  private static boolean isUsers(Path thread) {
    try {
      return Files.readString(thread.resolve("comm")).strip().equals("user");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aProcessThatDiesCostsWhoIsInFlightAndThoseToldAlongWithHimNothing() throws Exception {
    String held = users.get(40);
    Path lock = holdUp(held);
    CompletableFuture<TestSite.Result> run = begin(SEARCH);
    long pid = awaitHeldUp();
    assertThat(run).isNotDone();
    supervised.signal("KILL", pid);
    TestSite.Result result = run.get(60, TimeUnit.SECONDS);
    Files.delete(lock);
    assertThat(result.code()).as(result.error()).isEqualTo(75);
    assertThat(result.lines()).as(result.error()).hasSize(users.size() - 1);
    assertThat(result.lines()).noneMatch(line -> line.startsWith(held));
    assertThat(result.error()).contains(held).contains("signal 9");
    assertThat(site.doveadm(SEARCH).lines()).hasSize(users.size());
  }

  private static void freezesOne(CompletableFuture<TestSite.Result> run, String held, Path lock)
      throws Exception {
    long pid = awaitHeldUp();
    assertThat(run).isNotDone();
    supervised.signal("STOP", pid);
    TestSite.Result result = run.get(60, TimeUnit.SECONDS);
    Files.delete(lock);
    assertThat(result.code()).as(result.error()).isEqualTo(75);
    assertThat(result.lines()).as(result.error()).hasSize(users.size() - 1);
    assertThat(result.lines()).noneMatch(line -> line.startsWith(held));
    assertThat(result.error())
        .contains("The worker process for " + held + " did not answer and was killed");
    assertThat(site.doveadm(SEARCH).lines()).hasSize(users.size());
  }

  @Test
  void aProcessThatIsFrozenCostsWhoIsInFlightAndNobodyElse() throws Exception {
    Path lock = holdUp(users.get(42));
    freezesOne(begin(SEARCH), users.get(42), lock);
  }

  @Test
  void aProcessThatIsFrozenOnAnotherServerCostsWhoIsInFlightAndNobodyElse() throws Exception {
    site.knowHost(Files.readString(directory.resolve("host_key.pub")));
    Path lock = holdUp(users.get(44));
    String[] words = SEARCH.split(" ");
    freezesOne(begin(() -> site.doveadmSsh(words)), users.get(44), lock);
  }

  @Test
  void whoIsHeldUpForLongerThanAProcessMayBeSilentIsNotCutOff() throws Exception {
    Path lock = holdUp(users.get(46));
    CompletableFuture<TestSite.Result> run = begin(SEARCH);
    awaitHeldUp();
    assertThatThrownBy(() -> run.get(12, TimeUnit.SECONDS)) // that it takes long is the point
        .isInstanceOf(TimeoutException.class);
    Files.delete(lock);
    TestSite.Result result = run.get(60, TimeUnit.SECONDS);
    assertThat(result.code()).as(result.error()).isZero();
    assertThat(result.lines()).hasSize(users.size());
  }

  @Test
  void whoIsHeldUpIsUntouchedWhenTheRunIsStoppedAlsoAfterwards() throws Exception {
    Path lock = holdUp(users.get(0));
    CompletableFuture<TestSite.Result> run = begin("flags add -A \\\\Flagged mailbox INBOX all");
    awaitHeldUp();
    assertThat(site.doveadm("kick admin").code()).isZero();
    run.get(60, TimeUnit.SECONDS);
    Files.delete(lock);
    assertThat(site.doveadm("search -u " + users.get(0) + " mailbox INBOX flagged").out())
        .isEmpty();
    assertThat(site.doveadm(SEARCH).lines()).hasSize(users.size());
  }

  @Test
  void whoIsAskedForAmongOthersIsToldWhatConcernsHim() throws Exception {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < users.size() / 2; i++) {
      names.append(users.get(i)).append('\n');
      names.append(i == 20 ? "nobody@example.com\n" : "");
      names.append(i % 10 == 0 ? users.get(users.size() - 1 - i) + "\n" : "");
    }
    TestSite.Result result = site.as("admin", "search -F - mailbox INBOX 1", names.toString());
    assertThat(result.lines()).as(result.error()).hasSize(users.size() / 2 + 6);
    assertThat(result.lines().stream().map(line -> line.split(" ")[0]).toList())
        .as("each once")
        .doesNotHaveDuplicates();
    assertThat(result.error()).contains("1 skipped");
  }
}
