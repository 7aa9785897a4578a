package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.system.SupervisedSite.isOf;
import static org.doveadmsshd.system.SupervisedSite.status;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
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
  void aWorkerThatIsStoppedWhileItIsIdleHangsNobody() throws Exception {
    int uid = FIRST + 2;
    String search = "search -u %s mailbox INBOX 1";
    assertThat(site.doveadm(search.formatted(users.get(2))).code()).isZero();
    long pid = supervised.awaitWorkers(worker -> isOf(worker, uid)).get(0);
    supervised.signal("STOP", pid);
    TestSite.Result next = site.doveadm(search.formatted(users.get(2)));
    assertThat(next.code()).as("another process takes him: " + next.error()).isZero();
    assertThat(site.doveadm(search.formatted(users.get(3))).code()).as("another").isZero();
    assertThat(status(pid, "Pid")).as("it was killed").isEmpty();
  }

  @Test
  void aWorkerThatIsKilledCostsItsOwnUserOneTemporaryFailureAndNobodyElseAnything()
      throws Exception {
    int uid = FIRST + 2;
    Path large = site.maildir(users.get(2)).resolve("cur/1790000000.M1P1.large:2,");
    Files.writeString(large, "Subject: large\n\n" + ("x".repeat(70) + "\n").repeat(500_000));
    site.exec(new byte[0], "chown", Integer.toString(uid), large.toString());
    List<String> words = site.ssh("admin");
    words.add("doveadm fetch -u " + users.get(2) + " text mailbox INBOX subject large");
    Path error = directory.resolve("killed");
    Process client = new ProcessBuilder(words).redirectError(error.toFile()).start();
    client.getOutputStream().close();
    assertThat(client.getInputStream().read())
        .as(() -> "it works, and nobody reads: " + SupervisedSite.read(error))
        .isNotNegative();
    long pid = supervised.awaitWorkers(worker -> isOf(worker, uid)).get(0);
    supervised.signal("KILL", pid);
    client.getInputStream().readAllBytes();
    assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(client.exitValue()).as(Files.readString(error)).isEqualTo(75);
    assertThat(Files.readString(error)).contains(users.get(2)).contains("signal 9");
    Files.delete(large);
    assertThat(site.doveadm("search -A mailbox INBOX 1").code()).as("the next").isZero();
  }

  @Test
  void aFrozenSupervisorHangsNobody() throws Exception {
    supervised.signal("STOP", supervised.supervisor().pid());
    TestSite.Result frozen = site.doveadm("search -u " + users.get(0) + " mailbox INBOX 1");
    supervised.signal("CONT", supervised.supervisor().pid());
    assertThat(frozen.code()).isEqualTo(75);
    assertThat(frozen.error()).contains("doveadm-supervisor");
    assertThat(site.doveadm("search -A mailbox INBOX 1").lines()).hasSize(users.size());
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
