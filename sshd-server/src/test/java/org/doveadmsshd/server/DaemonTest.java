package org.doveadmsshd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.sshd.common.SshException;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.keys.KeyFile;
import org.doveadmsshd.server.ssh.Await;
import org.doveadmsshd.server.ssh.Caller;
import org.doveadmsshd.server.ssh.MemorySite;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole server in this process: its start, a reload, its end. */
@Timeout(60)
class DaemonTest {
  @TempDir Path directory;
  private SiteFiles site;
  private Daemon daemon;
  private Caller caller;

  @BeforeEach
  void write() throws Exception {
    site = SiteFiles.in(directory);
  }

  @AfterEach
  void stop() {
    if (caller != null) {
      caller.close();
    }
    if (daemon != null) {
      daemon.stop(Duration.ZERO);
    }
  }

  private void start() throws Exception {
    daemon = site.daemon();
    daemon.start();
    caller = new Caller(daemon.port());
  }

  private Caller.Ended run(String line) throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      return admin.run(line);
    }
  }

  private Failure refused() throws Exception {
    return site.refusal().orElseThrow(() -> new AssertionError("it has started"));
  }

  @Test
  void itServesTheMailOfItsUsersByAKeyThatItMakesAtItsFirstStart() throws Exception {
    assertThat(directory.resolve("host_key")).doesNotExist();
    start();
    assertThat(KeyFile.read(directory.resolve("host_key"))).isNotNull();
    assertThat(daemon.port()).isPositive();
    assertThat(run("doveadm search -A all").lines()).hasSize(2);
    assertThat(run("doveadm config").lines()).contains("port = 0").isEqualTo(daemon.settings());
    assertThat(daemon.opensMailItself()).isTrue();
    assertThat(daemon.workPlace()).contains("run as its user");
  }

  @Test
  void aPortThatIsTakenRefusesTheStartInOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      site.configure("" + taken.getLocalPort(), "");
      Failure failure = refused();
      assertThat(failure.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE);
      assertThat(failure.getMessage())
          .isEqualTo(
              "Cannot listen on 127.0.0.1 port "
                  + taken.getLocalPort()
                  + ": Address already in use");
    }
    assertThat(site.refusal()).as("it is free again").isEmpty();
  }

  @Test
  void anAddressThatIsNotOursRefusesTheStart() throws Exception {
    Files.writeString(site.file(), Files.readString(site.file()).replace("127.0.0.1", "192.0.2.1"));
    assertThat(refused()).hasMessageStartingWith("Cannot listen on 192.0.2.1 port 0: ");
  }

  @Test
  void aStartThatIsRefusedLeavesNoSocketBehind() throws Exception {
    Path sockets = Files.createTempDirectory("s"); // names of sockets are short
    Path own = sockets.resolve("own");
    String listener = "service doveadm {\n unix_listener " + own + " {\n }\n}\n";
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      site.configure("" + taken.getLocalPort(), listener);
      daemon = site.daemon();
      assertThatThrownBy(daemon::start).isInstanceOf(Failure.class);
      assertThat(own).doesNotExist();
    } finally {
      Files.deleteIfExists(own);
      Files.delete(sockets);
    }
  }

  @Test
  void aKeyThatOthersMayReadRefusesTheStart() throws Exception {
    KeyFile.create(directory.resolve("host_key"), "x");
    Files.setPosixFilePermissions(
        directory.resolve("host_key"), PosixFilePermissions.fromString("rw-r-----"));
    Failure failure = refused();
    assertThat(failure.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR);
    assertThat(failure)
        .hasMessage(
            "Key %1$s cannot be used: others may read it; run: chmod 600 %1$s"
                .formatted(directory.resolve("host_key")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "audit_log = no/such/directory/log | The audit log",
        "host_certificate = users | host_certificate",
        "service doveadm {#  isolation = process#  user = nobody-at-all#} | isolation = process",
      })
  void whatTheConfigurationNamesAndCannotBeHadRefusesTheStart(String lines, String says)
      throws Exception {
    site.configure(lines.replace('#', '\n') + "\n");
    Failure failure = refused();
    assertThat(failure.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR);
    assertThat(failure).hasMessageContaining(says);
    assertThat(failure.getMessage()).hasLineCount(1);
  }

  @Test
  void aConfigurationWithoutUsersRefusesTheStart() throws Exception {
    Files.writeString(site.file(), "host_key = host_key\nlisten = 127.0.0.1\nport = 0\n");
    assertThat(refused()).hasMessage("The configuration has no userdb section");
  }

  @Test
  void itStopsListeningAndEndsOnceAndForAll() throws Exception {
    start();
    Caller.LoggedIn admin = caller.admin();
    assertThat(admin.run("doveadm user jane").code()).isZero();
    daemon.stop();
    Caller.awaitClosed(admin.session());
    assertThatThrownBy(() -> caller.admin()).isInstanceOf(Exception.class);
    daemon.stop();
  }

  @Test
  void doveadmStopStopsItAfterWhatIsUnderWay() throws Exception {
    start();
    Caller.LoggedIn admin = caller.admin();
    Caller.Call search = admin.begin("doveadm search -F - all");
    search.say("jane\n");
    Await.until("it works", () -> search.saysSomething());
    assertThat(admin.run("doveadm stop").code()).isZero();
    CompletableFuture<Void> ended =
        CompletableFuture.runAsync(
            () -> {
              try {
                daemon.awaitEnd();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    Await.until("it takes nothing more", () -> admin.run("doveadm user joe").code() == 75);
    assertThat(ended).isNotDone();
    search.say("joe\n");
    Caller.Ended whole = search.withoutInput().end();
    assertThat(whole.code()).as(whole.error()).isZero();
    assertThat(whole.lines()).hasSize(2);
    ended.join();
  }

  @Test
  void shutdownTimeoutBoundsTheWait() throws Exception {
    site.configure("shutdown_timeout = 100ms\n");
    start();
    Caller.Call search = caller.admin().begin("doveadm search -F - all");
    search.say("jane\n");
    Await.until("it works", () -> search.saysSomething());
    daemon.stop();
    Caller.Ended ended = search.end();
    assertThat(ended.code()).isEqualTo(75);
    assertThat(ended.error()).contains("The server is stopping");
  }

  @Test
  void aReloadTakesWhatTheConfigurationSaysNow() throws Exception {
    start();
    try (Caller.LoggedIn before = caller.admin()) {
      site.configure("master_user other {\n users = joe\n}\naudit_log = audit.log\n");
      String users = Files.readString(directory.resolve("users"));
      Files.writeString(directory.resolve("fewer"), users.replaceAll("jane.*\n", ""));
      Files.writeString(
          site.file(), Files.readString(site.file()).replace("args = users", "args = fewer"));
      assertThat(before.run("doveadm reload").code()).isZero();
      assertThat(before.run("doveadm user '*'").lines()).containsExactly("joe");
      assertThat(Files.readAllLines(directory.resolve("audit.log"))).isNotEmpty();
      assertThat(daemon.settings()).anyMatch(line -> line.startsWith("audit_log = "));
    }
  }

  @Test
  void aReloadEndsNothingThatIsUnderWay() throws Exception {
    start();
    Caller.LoggedIn admin = caller.admin();
    Caller.Call search = admin.begin("doveadm search -F - all");
    search.say("jane\n");
    Await.until("it works", () -> search.saysSomething());
    Files.writeString(directory.resolve("nobody"), "");
    String text = Files.readString(site.file());
    Files.writeString(site.file(), text.replace("args = users", "args = nobody"));
    daemon.reload();
    assertThat(admin.run("doveadm search -u joe all").code()).as("the next one").isEqualTo(67);
    search.say("joe\n");
    Caller.Ended ended = search.withoutInput().end();
    assertThat(ended.code()).as(ended.error()).isZero();
    assertThat(ended.lines()).hasSize(2);
  }

  @Test
  void aReloadTakesMastersAndTheirScopesForConnectionsThatAreOpenToo() throws Exception {
    start();
    try (Caller.LoggedIn before = caller.admin()) {
      String text = Files.readString(site.file());
      Files.writeString(site.file(), text.replace("users = *\n", "users = joe\n"));
      daemon.reload();
      assertThat(before.run("doveadm search -u jane all").code()).isEqualTo(77);
      assertThat(before.run("doveadm search -u joe all").code()).isZero();
      assertThat(before.run("doveadm reload").code()).as("it concerns all").isEqualTo(77);
    }
  }

  @Test
  void aReloadTakesHowLongJournalsAreKept() throws Exception {
    Path runs = Files.createDirectories(directory.resolve("state/runs"));
    Path old = Files.writeString(runs.resolve("20251201-101500-abcd.journal"), "{}\n");
    Instant tenDaysAgo = Instant.now().minus(Duration.ofDays(10));
    Files.setLastModifiedTime(old, FileTime.from(tenDaysAgo));
    String state = "state_directory = " + directory.resolve("state") + "\n";
    site.configure(state + "journal_keep = 30 days\n");
    start();
    assertThat(run("doveadm flags add -A '\\Seen' all").code()).isZero();
    assertThat(old).exists();
    site.configure(state + "journal_keep = 1 day\n");
    assertThat(run("doveadm reload").code()).isZero();
    assertThat(run("doveadm flags add -A '\\Seen' all").code()).isZero();
    assertThat(old).doesNotExist();
    assertThat(run("doveadm -f ndjson runs").lines()).as("those of now").hasSize(2);
  }

  @Test
  void aReloadTakesANewHostKey() throws Exception {
    start();
    final PublicKey old = caller.admin().session().getServerKey();
    Files.delete(directory.resolve("host_key"));
    KeyFile.create(directory.resolve("host_key"), "x");
    assertThat(caller.admin().session().getServerKey()).as("not before").isEqualTo(old);
    daemon.reload();
    assertThat(caller.admin().session().getServerKey())
        .isEqualTo(KeyFile.read(directory.resolve("host_key")).getPublic())
        .isNotEqualTo(old);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense = 1 | nonsense",
        "port = many | port",
        "master_user x {#  commands = fly#} | fly",
        "userdb {#  driver = sql#  args = nowhere.conf#} | nowhere.conf",
        "audit_log = no/such/directory/log | The audit log",
        "host_certificate = users | host_certificate",
      })
  void aReloadOfABrokenConfigurationChangesNothing(String lines, String says) throws Exception {
    start();
    List<String> before = daemon.settings();
    site.configure(lines.replace('#', '\n') + "\n");
    String text = Files.readString(site.file());
    Files.writeString(site.file(), text.replace("users = *\n", "users = joe\n"));
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Ended reload = admin.run("doveadm reload");
      assertThat(reload.code()).isEqualTo(78);
      assertThat(reload.error()).contains(says).hasLineCount(1).doesNotContain("Exception");
      assertThat(admin.run("doveadm search -A all").lines()).hasSize(2);
      assertThat(daemon.settings()).isEqualTo(before);
      Files.delete(site.file());
      assertThat(admin.run("doveadm reload").code()).isEqualTo(78);
      site.configure("");
      assertThat(admin.run("doveadm reload").code()).as("the next one").isZero();
    }
  }

  @Test
  void aReloadWithAnUnreadableKeyKeepsTheOldOne() throws Exception {
    start();
    final PublicKey old = caller.admin().session().getServerKey();
    Files.writeString(directory.resolve("host_key"), "no key");
    assertThatThrownBy(daemon::reload).isInstanceOf(Failure.class).hasMessageContaining("host_key");
    assertThat(caller.admin().session().getServerKey()).isEqualTo(old);
  }

  @Test
  void otherKeysInAFileLetInWithoutAReload() throws Exception {
    start();
    site.authorize(MemorySite.STRANGER);
    assertThatThrownBy(caller::admin).isInstanceOf(SshException.class);
    caller.login("admin", MemorySite.STRANGER).close();
  }
}
