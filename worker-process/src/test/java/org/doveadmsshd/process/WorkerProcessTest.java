package org.doveadmsshd.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.accounts.Confine;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.storage.compression.Compression;
import org.doveadmsshd.supervision.Resource;
import org.doveadmsshd.worker.isolation.Confinement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker process from its first line to its end; a rehearsal is one that keeps its identity. */
@Timeout(180)
class WorkerProcessTest {
  @TempDir Path directory;
  private StartedWorker worker;

  @AfterEach
  void end() throws InterruptedException {
    if (worker != null) {
      worker.close();
    }
  }

  private void rehearse() throws IOException {
    worker = new StartedWorker(directory, Rehearsal.class, List.of());
  }

  private void greet() throws IOException {
    worker.say(StartedWorker.settings(077, Confine.NO, Map.of()).line());
    assertThat(worker.hear()).containsExactly("READY", "0");
  }

  /** Makes a user's home with so many mails. */
  private Path home(String user, int mails) throws IOException {
    Path home = directory.resolve(user);
    for (String name : List.of("cur", "new", "tmp")) {
      Files.createDirectories(home.resolve("Maildir").resolve(name));
    }
    for (int i = 0; i < mails; i++) {
      Files.writeString(
          home.resolve("Maildir/cur/160000000" + i + ".M1.host:2,"), "Subject: x\n\n");
    }
    return home;
  }

  private static Message.Done done(List<Message> heard) {
    return (Message.Done) heard.get(heard.size() - 1);
  }

  private static long rows(List<Message> heard) {
    return heard.stream().filter(Message.Row.class::isInstance).count();
  }

  @Test
  void servesAssignedUsersUntilItsInputEnds() throws Exception {
    rehearse();
    greet();
    worker.say(StartedWorker.user("jane", home("jane", 3), 1, 5001));
    worker.say(StartedWorker.user("jim", home("jim", 2), 0, 5001));
    assertThat(worker.hear()).as("one answer for both").containsExactly("TAKEN");
    List<Message> janes = worker.run("jane", "search", "all");
    assertThat(done(janes).outcome()).isEqualTo(Outcome.OK);
    assertThat(rows(janes)).isEqualTo(3);
    assertThat(rows(worker.run("jim", "search", "all"))).isEqualTo(2);
    worker.say(StartedWorker.user("jane", home("jane", 3), 0, 5001));
    assertThat(worker.hear()).containsExactly("TAKEN");
    assertThat(done(worker.run("jim", "search", "all")).outcome())
        .as("whoever is not assigned any more is not known")
        .isEqualTo(Outcome.NO_PERMISSION);
    worker.endInput();
    assertThat(worker.exitCode()).isZero();
  }

  /**
   * What import can read that a worker of root imports for jane from a directory: her own, that of
   * jim, who is assigned with her, or one of nobody who is assigned.
   */
  @ParameterizedTest
  @CsvSource({
    "USER, jane, OK",
    "USER, jim, TEMPORARY_FAILURE",
    "USER, joe, TEMPORARY_FAILURE",
    "SITE, jane, OK",
    "SITE, jim, OK",
    "SITE, joe, TEMPORARY_FAILURE",
    "NO, jane, OK",
    "NO, jim, OK",
    "NO, joe, OK",
  })
  void workSeesWhatItIsConfinedTo(Confine confine, String from, Outcome expected) throws Exception {
    beginConfined(confine);
    home("joe", 1);
    worker.say(StartedWorker.user("jane", home("jane", 1), 1, 5001));
    worker.say(StartedWorker.user("jim", home("jim", 1), 0, 5001));
    assertThat(worker.hear()).containsExactly("TAKEN");
    String location = "maildir:" + directory.resolve(from).resolve("Maildir");
    Message.Done done = done(worker.run("jane", "import", location, "Old", "all"));
    assertThat(done.outcome()).as(done.text()).isEqualTo(expected);
  }

  /** A process that is confined, by a kernel that can do that. */
  private void beginConfined(Confine confine) throws IOException {
    assumeThat(Confinement.version()).as("Landlock").isPositive();
    worker = new StartedWorker(directory, Rehearsal.class, List.of("setpriv", "--no-new-privs"));
    worker.say(StartedWorker.settings(077, confine, Map.of()).line());
    assertThat(worker.hear().get(0)).isEqualTo("READY");
  }

  /** What inflates it must be there before the rest of the system goes out of sight. */
  @ParameterizedTest
  @EnumSource(names = {"USER", "SITE"})
  void compressedMailIsReadByAThreadThatIsConfined(Confine confine) throws Exception {
    beginConfined(confine);
    Path home = home("jane", 1);
    for (Compression each : Compression.values()) {
      Path file = home.resolve("Maildir/cur/170000000" + each.ordinal() + ".M1.host:2,");
      try (OutputStream out = Files.newOutputStream(file);
          OutputStream mail = each.compress(out, each.levels().usual())) {
        mail.write("Subject: packed\n\nx\n".getBytes(StandardCharsets.US_ASCII));
      }
    }
    worker.say(StartedWorker.user("jane", home, 0, 5001));
    worker.hear();
    List<Message> found = worker.run("jane", "search", "subject", "packed");
    assertThat(done(found).outcome()).as(done(found).text()).isEqualTo(Outcome.OK);
    assertThat(rows(found)).isEqualTo(Compression.values().length);
  }

  @Test
  void whoIsAssignedLaterIsServedWhereverHisMailLies() throws Exception {
    beginConfined(Confine.SITE);
    worker.say(StartedWorker.user("jane", home("jane", 3), 0, 5001));
    worker.hear();
    assertThat(rows(worker.run("jane", "search", "all"))).isEqualTo(3);
    worker.say(StartedWorker.user("jim", home("elsewhere/jim", 2), 0, 5001));
    worker.hear();
    assertThat(rows(worker.run("jim", "search", "all"))).isEqualTo(2);
    String location = "maildir:" + directory.resolve("jane/Maildir");
    assertThat(done(worker.run("jim", "import", location, "Old", "all")).outcome())
        .as("who was assigned before is out of sight")
        .isEqualTo(Outcome.TEMPORARY_FAILURE);
  }

  @Test
  void whoHasNoPlaceForMailFailsAndNobodyAssignedWithHim() throws Exception {
    beginConfined(Confine.SITE);
    worker.say(StartedWorker.user("jane", Path.of(""), 1, 5001));
    worker.say(StartedWorker.user("jim", home("jim", 2), 0, 5001));
    worker.hear();
    assertThat(done(worker.run("jane", "search", "all")).outcome())
        .isEqualTo(Outcome.CONFIGURATION_ERROR);
    assertThat(rows(worker.run("jim", "search", "all"))).isEqualTo(2);
  }

  @Test
  void aUserWhoIsNotAssignedIsRefused() throws Exception {
    rehearse();
    greet();
    worker.say(StartedWorker.user("jane", home("jane", 1), 0, 5001));
    worker.hear();
    home("joe", 1);
    Message.Done refused = done(worker.run("joe", "search", "all"));
    assertThat(refused.outcome()).isEqualTo(Outcome.NO_PERMISSION);
    assertThat(refused.text()).contains("one user only");
  }

  @Test
  void limitsAndUmaskHoldBeforeAnyUserIsTaken() throws Exception {
    rehearse();
    Map<Resource, Long> limits = Map.of(Resource.NOFILE, 77L, Resource.FSIZE, 4096L);
    worker.say(StartedWorker.settings(027, Confine.NO, limits).line());
    assertThat(worker.hear()).startsWith("READY");
    assertThat(worker.proc("status")).containsPattern("Umask:\\s+0027");
    assertThat(worker.proc("limits"))
        .containsPattern("Max open files +77 +77 ")
        .containsPattern("Max file size +4096 +4096 ");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("worker"))))
        .as("for the server's group")
        .isEqualTo("rw-rw----");
  }

  @Test
  void withoutTheRightToChangeItsIdentityItTakesNobody() throws Exception {
    boolean isRoot = System.getProperty("user.name").equals("root");
    List<String> without =
        List.of("setpriv", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all");
    worker = new StartedWorker(directory, WorkerProcess.class, isRoot ? without : List.of());
    greet();
    worker.say(StartedWorker.user("jane", home("jane", 1), 0, 5001));
    assertThatThrownBy(worker::hear).isInstanceOf(EOFException.class);
    assertThat(worker.exitCode()).isEqualTo(1);
    assertThat(worker.log()).contains("A worker process ends: setgroups failed with errno 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "READY", "USER\t0\tjane\t1\t1\tjane", "SETTINGS", "SETTINGS\tpeer=x"})
  void aFirstLineThatIsNotItsSettingsEndsIt(String line) throws Exception {
    rehearse();
    worker.say(line.split("\t"));
    assertThatThrownBy(worker::hear).isInstanceOf(EOFException.class);
    assertThat(worker.exitCode()).isEqualTo(1);
    assertThat(worker.log()).contains("A worker process ends: ");
    assertThat(directory.resolve("worker")).as("it does not listen yet").doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RELEASE | assigns no user",
        "USER;x;jane;1;1;jane | For input string",
        "USER;1;jane;1;1;jane/USER;0;joe;2;1;joe | users of several identities",
        "USER;0;jane;1;1;jane/USER;0;joe;1;2;joe | another identity than the one that was taken",
      })
  void anAssignmentThatIsNoneEndsIt(String lines, String why) throws Exception {
    rehearse();
    greet();
    for (String line : lines.split("/")) {
      worker.say(line.split(";"));
    }
    assertThat(worker.exitCode()).isEqualTo(1);
    assertThat(worker.log()).contains("A worker process ends: ").contains(why);
  }

  @Test
  void itEndsWhenItsSupervisorHasGoneBeforeItsFirstUser() throws Exception {
    rehearse();
    greet();
    worker.endInput();
    assertThat(worker.exitCode()).isZero();
  }

  @Test
  void malformedQuotaSettingsAreRefusedBeforeItIsReady() throws Exception {
    rehearse();
    String[] line = StartedWorker.settings(077, Confine.NO, Map.of()).line();
    for (int i = 0; i < line.length; i++) {
      line[i] = line[i].equals("quota=") ? "quota=nonsense" : line[i];
    }
    worker.say(line);
    assertThat(worker.exitCode()).isEqualTo(1);
    assertThat(worker.log()).contains("The quota settings are malformed");
  }

  /** Whoever gets hold of a worker process finds no client of a database in it, and no SSH. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.doveadmsshd.auth.Passdb",
        "org.doveadmsshd.settings.Settings",
        "org.doveadmsshd.supervisor.Supervisor",
        "org.doveadmsshd.brain.Brain",
        "org.apache.sshd.server.SshServer",
        "org.apache.sshd.common.session.Session",
        "com.zaxxer.hikari.HikariDataSource",
        "org.postgresql.Driver",
        "org.mariadb.jdbc.Driver",
        "org.sqlite.JDBC",
        "com.unboundid.ldap.sdk.LDAPConnection",
        "com.nimbusds.jwt.JWT",
        "org.bouncycastle.jce.provider.BouncyCastleProvider",
        "org.apache.commons.configuration2.Configuration",
      })
  void itsClassPathHoldsNoDrivers(String type) {
    assertThatThrownBy(() -> Class.forName(type, false, getClass().getClassLoader()))
        .isInstanceOf(ClassNotFoundException.class);
  }
}
