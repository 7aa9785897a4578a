package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.system.SupervisedSite.isOf;
import static org.doveadmsshd.system.SupervisedSite.status;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real supervisor and its worker processes, with uids of their own; needs root. */
@Timeout(120)
class WorkerProcessTest {
  private static final int FIRST = SupervisedSite.FIRST_UID;

  @TempDir static Path directory;
  private static SupervisedSite supervised;
  private static TestSite site;
  private static List<String> users;

  @BeforeAll
  static void start() throws Exception {
    supervised = new SupervisedSite(directory, 4, 4, "", "service_count = 0\nprocess_limit = 6\n");
    site = supervised.site;
    users = supervised.users;
  }

  @AfterAll
  static void stop() throws Exception {
    if (supervised != null) {
      supervised.close();
    }
  }

  @Test
  void everyUsersMailIsWrittenByHimAndForHimAlone() throws Exception {
    TestSite.Result saved = site.as("admin", "save -A -m Sent", "Subject: new\n\nx\n");
    assertThat(saved.code()).as(saved.error()).isZero();
    assertThat(site.doveadm("search -A mailbox Sent subject new").lines()).hasSize(users.size());
    for (int i = 0; i < users.size(); i++) {
      try (Stream<Path> files = Files.list(site.maildir(users.get(i)).resolve(".Sent/new"))) {
        for (Path file : (Iterable<Path>) files::iterator) {
          assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(FIRST + i);
          assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(FIRST + i);
        }
      }
    }
  }

  @Test
  void eachProcessHasTheRightsThatTheDocumentSays() throws Exception {
    site.doveadm("search -u " + users.get(0) + " mailbox INBOX 1");
    long spare =
        supervised
            .awaitWorkers(pid -> isOf(pid, 0) && status(pid, "NoNewPrivs").equals("1"))
            .get(0);
    long taken = supervised.awaitWorkers(pid -> isOf(pid, FIRST)).get(0);
    int nobody = (int) Files.getAttribute(directory.resolve("host_key"), "unix:uid");
    int rows = 0;
    for (String line : Files.readAllLines(Path.of("../docs/PRIVILEGES.md"))) {
      String[] cells = line.replace("`", "").split(" *\\| *");
      if (cells.length != 6 || !cells[3].matches("[0-9a-f]{16}")) {
        continue;
      }
      rows++;
      long pid =
          switch (cells[1]) {
            case "supervisor" -> supervised.supervisor().pid();
            case "server" -> supervised.server().pid();
            case "spare worker" -> spare;
            default -> taken;
          };
      int uid = pid == taken ? FIRST : pid == supervised.server().pid() ? nobody : 0;
      assertThat(isOf(pid, uid)).as(cells[1]).isTrue();
      assertThat(status(pid, "CapPrm")).as(cells[1]).isEqualTo(cells[3]);
      assertThat(status(pid, "CapEff")).as(cells[1]).isEqualTo(cells[3]);
      assertThat(status(pid, "CapBnd")).as(cells[1]).isEqualTo(cells[4]);
      assertThat(status(pid, "NoNewPrivs")).as(cells[1]).isEqualTo(cells[5]);
    }
    assertThat(rows).isEqualTo(4);
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + taken + "/task"))) {
      assertThat(threads.map(thread -> Long.valueOf(thread.getFileName().toString())))
          .as("every thread")
          .allMatch(thread -> isOf(thread, FIRST) || hasEnded(taken, thread));
    }
    assertThat(status(taken, "Groups").strip()).isEqualTo(Integer.toString(FIRST));
  }

  private static boolean hasEnded(long pid, long thread) {
    return !Files.exists(Path.of("/proc/%d/task/%d".formatted(pid, thread)));
  }

  @Test
  void whatAUserHasPlantedLeadsNowhere() throws Exception {
    Path own = site.maildir(users.get(1));
    Path secret = Files.writeString(directory.resolve("secret"), "Subject: root's secret\n\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Path hard = Files.createLink(own.resolve("cur/1.hard.link:2,"), secret);
    Path soft = Files.createSymbolicLink(own.resolve("cur/2.soft.link:2,"), secret);
    Path box =
        Files.createSymbolicLink(
            own.resolve(".Linked"), site.maildir(users.get(0)).resolve(".Trash"));
    for (String command :
        List.of(
            "fetch -u %s text mailbox INBOX",
            "fetch -u %s text mailbox Linked all", "search -u %s mailbox INBOX body secret")) {
      TestSite.Result result = site.doveadm(command.formatted(users.get(1)));
      assertThat(result.out()).as(command).doesNotContain("secret");
    }
    for (Path each : List.of(hard, soft, box)) {
      Files.delete(each);
    }
  }

  @Test
  void aWorkerThatIsKilledCostsItsOwnUserOneTemporaryFailureAndNobodyElseAnything()
      throws Exception {
    String search = "search -u %s mailbox INBOX 1";
    TestSite.Result failed = killedAtWork(search.formatted(users.get(2)));
    for (int i = 0; i < 20 && failed.code() == 0; i++) {
      failed = killedAtWork(search.formatted(users.get(2))); // it had not got to the worker yet
    }
    assertThat(failed.code()).as(failed.error()).isEqualTo(75);
    assertThat(failed.error()).contains(users.get(2)).contains("signal 9");
    assertThat(site.doveadm(search.formatted(users.get(2))).code()).as("the next").isZero();
  }

  /**
   * What becomes of a command of the third user whose worker is stopped before and killed during
   * it.
   */
  private static TestSite.Result killedAtWork(String line) throws Exception {
    assertThat(site.doveadm(line).code()).isZero();
    long pid = supervised.awaitWorkers(worker -> isOf(worker, FIRST + 2)).get(0);
    supervised.signal("STOP", pid);
    CompletableFuture<TestSite.Result> stuck =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return site.doveadm(line);
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(site.doveadm(line.replace(users.get(2), users.get(3))).code()).as("other").isZero();
    assertThat(stuck).isNotDone();
    supervised.signal("KILL", pid);
    return stuck.get(60, TimeUnit.SECONDS);
  }

  @Test
  void aSupervisorThatIsKilledLeavesNothingBehindAndTheNextOneServes() throws Exception {
    assertThat(site.doveadm("search -A mailbox INBOX 1").code()).isZero();
    supervised.supervisor().destroyForcibly().waitFor();
    supervised.awaitNoWorkers();
    TestSite.Result without = site.doveadm("search -u " + users.get(0) + " mailbox INBOX 1");
    assertThat(without.code()).isEqualTo(75);
    assertThat(without.error()).contains("doveadm-supervisor");
    supervised.startSupervisor();
    assertThat(site.doveadm("search -A mailbox INBOX 1").lines()).hasSize(users.size());
  }

  @Test
  void whoHasNoUidInBoundsIsNotWorkedForAndWhoIsNotThereDoesNotExist() throws Exception {
    assertThat(site.doveadm("search -u nobody@example.com all").code()).isEqualTo(67);
    Path file = directory.resolve("users");
    String before = Files.readString(file);
    Files.writeString(file, before.replaceFirst(":22003:", ":0:"));
    assertThat(site.doveadm("search -u " + users.get(3) + " all").code()).isEqualTo(78);
    Files.writeString(file, before);
  }
}
