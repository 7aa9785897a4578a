package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.doveadmsshd.system.SupervisedSite.FIRST_UID;
import static org.doveadmsshd.system.SupervisedSite.isOf;
import static org.doveadmsshd.system.SupervisedSite.status;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the configuration allows worker processes; needs root. */
@Timeout(120)
class WorkerLimitsTest {
  private static final String SEARCH = "search -u %s mailbox INBOX all";

  @TempDir static Path directory;
  private static SupervisedSite supervised;
  private static TestSite site;
  private static List<String> users;

  @BeforeAll
  static void start() throws Exception {
    String service =
        """
        service_count = 3
        process_min_avail = 1
        process_limit = 4
        idle_kill = 2s
        umask = 0027
        nice = 3
        vsz_limit = 64M
        limit_open_files = 300
        limit_file_size = 1M
        limit_cpu_time = 5m
        """;
    supervised = new SupervisedSite(directory, 7, 7, "valid_mail_dirs = homes\n", service);
    site = supervised.site;
    users = supervised.users;
  }

  @AfterAll
  static void stop() throws Exception {
    if (supervised != null) {
      supervised.close();
    }
  }

  private static TestSite.Result search(int user) throws Exception {
    return site.doveadm(SEARCH.formatted(users.get(user)));
  }

  private static long workerOf(int user) throws Exception {
    TestSite.Result result = search(user);
    assertThat(result.code()).as(result.error()).isZero();
    return supervised.awaitWorkers(pid -> isOf(pid, FIRST_UID + user)).get(0);
  }

  private static String limit(long pid, String name) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "limits"))) {
      String line = lines.filter(each -> each.startsWith(name)).findFirst().orElseThrow();
      return line.substring(name.length()).strip().split(" +")[1]; // the hard one
    }
  }

  @Test
  void aProcessHasTheLimitsOfTheConfigurationAndCannotRaiseThem() throws Exception {
    long pid = workerOf(0);
    assertThat(limit(pid, "Max data size")).isEqualTo(Long.toString(64L << 20));
    assertThat(limit(pid, "Max open files")).isEqualTo("300");
    assertThat(limit(pid, "Max file size")).isEqualTo(Long.toString(1L << 20));
    assertThat(limit(pid, "Max cpu time")).isEqualTo("300");
    assertThat(limit(pid, "Max core file size")).isEqualTo("0");
    assertThat(status(pid, "Umask")).isEqualTo("0027");
    assertThat(nice(pid)).isEqualTo(Math.min(nice(ProcessHandle.current().pid()) + 3, 19));
  }

  private static int nice(long pid) throws Exception {
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    return Integer.parseInt(Files.readString(stat).split(" ")[18]);
  }

  @Test
  void aProcessEndsAfterServiceCountUsersAndWhenItIsIdle() throws Exception {
    long pid = workerOf(1);
    assertThat(workerOf(1)).isEqualTo(pid);
    assertThat(search(1).code()).isZero();
    SupervisedSite.await("the end", () -> !ProcessHandle.of(pid).isPresent());
    long next = workerOf(1);
    assertThat(next).isNotEqualTo(pid);
    SupervisedSite.await("idle_kill", () -> !ProcessHandle.of(next).isPresent());
  }

  @Test
  void aMailThatIsLargerThanAFileMayBeLeavesNothingBehind() throws Exception {
    String mail = "Subject: large\n\n" + "x".repeat(70).concat("\n").repeat(30_000);
    TestSite.Result result = site.as("admin", "save -u " + users.get(2) + " -m INBOX", mail);
    assertThat(result.code()).as(result.error()).isEqualTo(75);
    assertThat(result.error()).contains(users.get(2)).doesNotContain("Exception");
    try (Stream<Path> left = Files.list(site.maildir(users.get(2)).resolve("tmp"))) {
      assertThat(left).isEmpty();
    }
    assertThat(search(2).code()).isZero();
  }

  @Test
  void aFullFileSystemIsNamedAndLosesNothingThatWasThere() throws Exception {
    Path maildir = site.maildir(users.get(6));
    int uid = FIRST_UID + 6;
    String options = "size=320k,mode=0700,uid=%d,gid=%d".formatted(uid, uid);
    assumeThat(exec("mount", "-t", "tmpfs", "-o", options, "full", maildir.toString()))
        .as("a container's root may not mount")
        .isZero();
    try {
      String save = "save -u " + users.get(6) + " -m INBOX";
      String small = "Subject: small\n\n" + "x".repeat(1000) + "\n";
      String large = "Subject: large\n\n" + "x".repeat(70).concat("\n").repeat(10_000);
      assertThat(site.as("admin", save, small).code()).isZero();
      TestSite.Result full = site.as("admin", save, large);
      assertThat(full.code()).as(full.error()).isEqualTo(75);
      assertThat(full.error()).contains(users.get(6)).contains("disk").doesNotContain("Exception");
      try (Stream<Path> left = Files.list(maildir.resolve("tmp"))) {
        assertThat(left).isEmpty();
      }
      assertThat(site.as("admin", save, small).code()).isZero();
      assertThat(search(6).lines()).hasSize(2);
    } finally {
      exec("umount", "-l", maildir.toString());
    }
  }

  private static int exec(String... words) throws Exception {
    return site.exec(new byte[0], words).code();
  }

  @Test
  void whoNeedsMoreMemoryThanAProcessMayHaveFailsAloneAndIsToldWhy() throws Exception {
    Path cur = site.maildir(users.get(3)).resolve("cur");
    Path first = Files.writeString(cur.resolve("1500000000.M1P1.h:2,S"), "Subject: many\n\n");
    List<Path> many = new ArrayList<>(List.of(first));
    for (int i = 1; i < 60_000; i++) {
      String name = (1_500_000_000 + i) + ".M1P1." + "long".repeat(55) + ":2,S";
      many.add(Files.createLink(cur.resolve(name), first));
    }
    TestSite.Result result = search(3);
    assertThat(result.code()).as(result.error()).isEqualTo(75);
    assertThat(result.error()).contains(users.get(3)).contains("INBOX").contains("vsz_limit");
    assertThat(search(0).code()).as("others").isZero();
    for (Path each : many) {
      Files.delete(each);
    }
    assertThat(search(3).code()).isZero();
  }

  @Test
  void mailOutsideOfTheDirectoriesForItIsNotTouched() throws Exception {
    Path file = directory.resolve("users");
    String before = Files.readString(file);
    Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
    String home = directory.resolve("homes").resolve(users.get(4)).toString();
    assertThat(before).contains(home);
    Files.writeString(file, before.replace(home, directory + "/homes/../elsewhere"));
    TestSite.Result result = search(4);
    Files.writeString(file, before);
    assertThat(result.code()).isEqualTo(78);
    assertThat(result.error()).contains(users.get(4)).contains("valid_mail_dirs");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aReloadConcernsProcessesFromThenOnAndABadOneNone() throws Exception {
    Path file = directory.resolve("sshd.conf");
    String before = Files.readString(file);
    long old = workerOf(5);
    Files.writeString(file, before.replace("umask = 0027", "umask = 0037"));
    assertThat(site.doveadm("reload").code()).isZero();
    SupervisedSite.await("the old one's end", () -> !ProcessHandle.of(old).isPresent());
    assertThat(status(workerOf(5), "Umask")).isEqualTo("0037");
    Files.writeString(file, before.replace("umask = 0027", "umask = 9"));
    TestSite.Result bad = site.doveadm("reload");
    assertThat(bad.code()).isNotZero();
    assertThat(status(workerOf(5), "Umask")).isEqualTo("0037");
    Files.writeString(file, before);
    assertThat(site.doveadm("reload").code()).isZero();
  }

  @Test
  void aProgramThatCannotStartIsNotTriedWithoutPauseAndUsersAreToldWhy() throws Exception {
    supervised.supervisor().destroyForcibly().waitFor();
    supervised.awaitNoWorkers();
    Path home = Files.createDirectories(directory.resolve("broken/lib")).getParent();
    Files.writeString(home.resolve("lib/nothing.jar"), "");
    String log = supervised.supervisorLog();
    supervised.startSupervisor("-Ddoveadm.worker.home=" + home);
    TestSite.Result result = search(0);
    assertThat(result.code()).as(result.error()).isEqualTo(75);
    assertThat(result.error()).contains("No worker process can be started");
    SupervisedSite.await("four tries", () -> pauses(log).size() >= 4);
    List<Integer> pauses = pauses(log);
    assertThat(pauses).as("seconds until the next").isSorted();
    assertThat(pauses.get(3)).isGreaterThan(pauses.get(0));
    supervised.supervisor().destroyForcibly().waitFor();
    supervised.startSupervisor();
    assertThat(search(0).code()).isZero();
  }

  /** How many seconds the supervisor said it would wait, each time since its log was this long. */
  private static List<Integer> pauses(String log) {
    return Pattern.compile("next try in ([0-9]+) s")
        .matcher(supervised.supervisorLog().substring(log.length()))
        .results()
        .map(found -> Integer.valueOf(found.group(1)))
        .toList();
  }
}
