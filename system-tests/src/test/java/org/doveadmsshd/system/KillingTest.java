package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of workers, supervisor and server while they work for a thousand users, whose names the
 * administrator's own machine has. Needs root.
 */
@Timeout(300)
class KillingTest {
  private static final int USERS = 1000;
  private static final int IDENTITIES = 10;
  private static final int KILLS = 12;
  private static final long SEED = System.nanoTime();
  private static final Pattern ERROR = Pattern.compile("doveadm\\((.+)\\): Error: (.*)");

  @TempDir static Path directory;
  private static final Random RANDOM = new Random(SEED);
  private static SupervisedSite supervised;

  @BeforeAll
  static void start() throws Exception {
    String settings = "service_count = 0\nprocess_limit = 8\n";
    supervised = new SupervisedSite(directory, USERS, IDENTITIES, "", settings);
    Files.write(directory.resolve("names"), supervised.users);
    Path client = directory.resolve("doveadm-ssh.conf");
    Files.writeString(client, "server_return = 2s\n", StandardOpenOption.APPEND);
  }

  @AfterAll
  static void stop() throws Exception {
    if (supervised != null) {
      supervised.close();
    }
  }

  /** The command for the users in NAMES, in a client of its own; -v has it name all who fail. */
  private static CompletableFuture<TestSite.Result> run(String line) {
    String[] words = line.split(" ");
    words[Arrays.asList(words).indexOf("NAMES")] = directory.resolve("names").toString();
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return supervised.site.doveadmSsh(words);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
          }
        });
  }

  /** Kills workers while the run goes on, and after some number of them another process. */
  private static void killMeanwhile(CompletableFuture<?> run, Map<Integer, Kill> others)
      throws Exception {
    for (int kills = 0; !run.isDone() && kills < KILLS; ) {
      List<Long> workers = supervised.workers(pid -> !SupervisedSite.isOf(pid, 0));
      if (!workers.isEmpty()) {
        supervised.signal("KILL", workers.get(RANDOM.nextInt(workers.size())));
        kills++;
        if (others.containsKey(kills)) {
          others.get(kills).run();
        }
      }
      Thread.sleep(RANDOM.nextInt(800)); // a new worker needs half a second, and is to be met busy
    }
  }

  /** Ends something hard. */
  @FunctionalInterface
  private interface Kill {
    void run() throws Exception;
  }

  private static void killSupervisor() throws Exception {
    supervised.supervisor().destroyForcibly().waitFor();
    supervised.startSupervisor();
  }

  private static Map<String, Integer> rows(TestSite.Result result) {
    Map<String, Integer> rows = new HashMap<>();
    result.lines().forEach(line -> rows.merge(line.split(" ")[0], 1, Integer::sum));
    return rows;
  }

  /** What was said of each user who failed; none is named twice. */
  private static Map<String, String> failures(TestSite.Result result) {
    Map<String, String> failures = new HashMap<>();
    result
        .error()
        .lines()
        .map(ERROR::matcher)
        .filter(Matcher::matches)
        .forEach(
            line -> {
              assertThat(failures.put(line.group(1), line.group(2))).as(line.group()).isNull();
              assertThat(supervised.users).contains(line.group(1));
            });
    return failures;
  }

  @Test
  void everyUserHasOneOutcomeNoMailIsLostAndTheNextRunWorks() throws Exception {
    Map<String, Set<String>> mails = new HashMap<>();
    for (String user : supervised.users) {
      mails.put(user, mails(user, ""));
    }
    searchWhileWorkersAndSupervisorDie(mails);
    assertThat(run("mailbox create -F NAMES Filed").get().code()).isZero();
    moveWhileAllDie(mails);
    moveTheRest(mails);
    supervised.supervisor().destroyForcibly().waitFor();
    supervised.awaitNoWorkers();
    supervised.startSupervisor();
  }

  private static void searchWhileWorkersAndSupervisorDie(Map<String, Set<String>> mails)
      throws Exception {
    CompletableFuture<TestSite.Result> run = run("-v search -F NAMES mailbox INBOX all");
    killMeanwhile(run, Map.of(5, KillingTest::killSupervisor));
    Map<String, Integer> rows = rows(run.get());
    Map<String, String> failures = failures(run.get());
    for (String user : supervised.users) {
      int found = rows.getOrDefault(user, 0);
      int expected = mails.get(user).size();
      if (failures.containsKey(user)) {
        assertThat(found).as(user).isLessThanOrEqualTo(expected);
        assertThat(failures.get(user)).containsAnyOf("worker process", "supervisor");
      } else {
        assertThat(found).as("%s, seed %d", user, SEED).isEqualTo(expected);
      }
    }
    assertThat(failures).as("killing cost somebody something").isNotEmpty();
    assertThat(failures.size()).as("but not many").isLessThan(USERS / 4);
    assertThat(run.get().code()).isEqualTo(75);
    assertThat(run.get().error()).contains("1,000 users").contains(failures.size() + " failed");
  }

  private static void moveWhileAllDie(Map<String, Set<String>> mails) throws Exception {
    CompletableFuture<TestSite.Result> run = run("-v move -F NAMES Filed mailbox INBOX all");
    killMeanwhile(
        run,
        Map.of(
            4,
            KillingTest::killSupervisor,
            8,
            () -> supervised.server().destroyForcibly().waitFor()));
    Map<String, String> failures = failures(run.get());
    for (String user : supervised.users) {
      Set<String> there = mails(user, "");
      Set<String> moved = mails(user, ".Filed");
      if (!failures.containsKey(user)) {
        assertThat(there).as("%s, seed %d", user, SEED).isEmpty();
        assertThat(moved).as("%s, seed %d", user, SEED).isEqualTo(mails.get(user));
      }
      there.addAll(moved);
      assertThat(there).as("%s, seed %d", user, SEED).isEqualTo(mails.get(user));
    }
    assertThat(failures).isNotEmpty();
    assertThat(run.get().code()).isEqualTo(75);
    assertThat(run.get().error()).contains("1,000 users");
  }

  private static void moveTheRest(Map<String, Set<String>> mails) throws Exception {
    supervised.startServer();
    TestSite.Result next = run("move -F NAMES Filed mailbox INBOX all").get();
    assertThat(next.code()).as(next.error()).isZero();
    for (String user : supervised.users) {
      assertThat(mails(user, "")).as(user).isEmpty();
      assertThat(mails(user, ".Filed")).as(user).isEqualTo(mails.get(user));
    }
  }

  /** The texts of a mailbox's mails. */
  private static Set<String> mails(String user, String mailbox) throws IOException {
    Set<String> mails = new HashSet<>();
    for (String part : List.of("cur", "new")) {
      Path files = supervised.site.maildir(user).resolve(mailbox).resolve(part);
      if (Files.exists(files)) {
        try (Stream<Path> all = Files.list(files)) {
          for (Path file : (Iterable<Path>) all::iterator) {
            mails.add(Files.readString(file, StandardCharsets.ISO_8859_1));
          }
        }
      }
    }
    return mails;
  }
}
