package org.doveadmsshd.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);
  private static final Master MASTER =
      new Master("admin", Scope.UNLIMITED, new Login("publickey SHA256:abc", "192.0.2.7"));

  @TempDir Path directory;

  private AuditLog open() throws Failure {
    return AuditLog.open(directory.resolve("audit.log"), true, CLOCK);
  }

  private static AuditEvent user(String name, String command, List<String> arguments) {
    Message.Run run = new Message.Run(1, name, command, arguments, 0, 0, false);
    Message.Done done = new Message.Done(1, Outcome.OK, "", Map.of("expunged", 3L), 42);
    return AuditEvent.user(MASTER, run, done);
  }

  private Path write(int lines) throws Exception {
    try (AuditLog log = open()) {
      for (int i = 0; i < lines; i++) {
        log.note(user("user" + i, "expunge", List.of("mailbox", "Trash", "all")));
      }
    }
    return directory.resolve("audit.log");
  }

  @Test
  void aLineSaysWhoDidWhatToWhom() throws Exception {
    Path file = write(1);
    assertThat(Files.readString(file))
        .isEqualTo(
            "{\"seq\":1,\"prev\":\""
                + "0".repeat(64)
                + "\",\"time\":\"2026-11-24T12:00:00Z\",\"event\":\"user\",\"master\":\"admin\","
                + "\"method\":\"publickey SHA256:abc\",\"address\":\"192.0.2.7\","
                + "\"command\":\"expunge\",\"arguments\":[\"mailbox\",\"Trash\",\"all\"],"
                + "\"user\":\"user0\",\"exit\":0,\"counts\":{\"expunged\":3},\"micros\":42}\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  /** A lane that was given up is interrupted, and may come back from its system call later. */
  @Test
  void anInterruptedThreadClosesTheLogForNobody() throws Exception {
    Path file = directory.resolve("audit.log");
    try (AuditLog log = open()) {
      Thread.currentThread().interrupt();
      log.note(user("jane", "expunge", List.of("all")));
      assertThat(Thread.interrupted()).isTrue();
      log.note(user("joe", "expunge", List.of("all")));
    }
    assertThat(AuditChain.verify(List.of(file)).lines()).isEqualTo(2);
    assertThat(AuditChain.verify(List.of(file)).problems()).isEmpty();
  }

  @Test
  void aServerThatKeepsTheFileLockedStopsNoOtherForEver() throws Exception {
    Path file = directory.resolve("audit.log");
    try (AuditLog log = AuditLog.open(file, true, CLOCK, Duration.ofMillis(50));
        FileChannel stuck = FileChannel.open(file, StandardOpenOption.WRITE)) {
      FileLock lock = stuck.lock();
      assertThatThrownBy(() -> log.note(user("jane", "expunge", List.of("all"))))
          .isInstanceOf(Failure.class);
      lock.release();
      log.check();
      log.note(user("joe", "expunge", List.of("all")));
    }
    assertThat(AuditChain.verify(List.of(file)).problems()).isEmpty();
  }

  @Test
  void whatMayBeAPasswordIsNeverWritten() throws Exception {
    try (AuditLog log = open()) {
      log.note(user("", "auth test", List.of("admin", "topsecret")));
      log.note(user("", "pw", List.of("-p", "topsecret")));
      log.note(
          AuditEvent.command(
              MASTER, List.of("-f", "tab", "auth", "login", "a", "topsecret"), 0, 1));
      log.note(AuditEvent.command(MASTER, List.of("pw", "-p", "topsecret"), 0, 1));
    }
    assertThat(Files.readString(directory.resolve("audit.log")))
        .doesNotContain("topsecret")
        .contains("\"arguments\":[\"-f\",\"tab\",\"auth\",\"****\"]");
  }

  @Test
  void whateverIsInAnEventIsOneLine() throws Exception {
    try (AuditLog log = open()) {
      log.note(user("a\nb\"}\u0000\u2028", "search", List.of("subject", "x\r\ny\\")));
    }
    Path file = directory.resolve("audit.log");
    assertThat(Files.readString(file)).hasLineCount(1);
    assertThat(AuditChain.verify(List.of(file)).problems()).isEmpty();
  }

  @Test
  void theChainGoesOnAfterARestartAndInTheNextFile() throws Exception {
    Path file = write(3);
    write(2);
    Path aside = directory.resolve("audit.log.1");
    try (AuditLog log = open()) {
      log.note(user("x", "expunge", List.of()));
      Files.move(file, aside);
      log.note(user("still in the old file", "expunge", List.of()));
      log.reopen();
      log.note(user("y", "expunge", List.of()));
    }
    AuditChain.Report report = AuditChain.verify(List.of(aside, file));
    assertThat(report).isEqualTo(new AuditChain.Report(8, List.of(), false));
    assertThat(AuditChain.verify(List.of(file)).beginsLater()).isTrue();
    assertThat(AuditChain.verify(List.of(file, aside)).problems()).isNotEmpty();
  }

  @Test
  void twoServersMayWriteToOneFileAndTheChainHolds() throws Exception {
    try (AuditLog one = open();
        AuditLog other = open()) {
      ExecutorService threads = Executors.newFixedThreadPool(2);
      List<Callable<Void>> writers = new ArrayList<>();
      for (AuditLog log : List.of(one, other)) {
        writers.add(
            () -> {
              for (int i = 0; i < 200; i++) {
                log.note(user("user" + i, "expunge", List.of()));
              }
              return null;
            });
      }
      for (var each : threads.invokeAll(writers)) {
        each.get();
      }
      threads.shutdown();
    }
    AuditChain.Report report = AuditChain.verify(List.of(directory.resolve("audit.log")));
    assertThat(report).isEqualTo(new AuditChain.Report(400, List.of(), false));
  }

  @Test
  void aLineThatIsChangedRemovedOrMovedShows() throws Exception {
    Path file = write(6);
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < 6; i++) {
      List<String> changed = new ArrayList<>(lines);
      changed.set(i, changed.get(i).replace("expunge", "search_"));
      check(file, changed, i < 5);
      List<String> removed = new ArrayList<>(lines);
      removed.remove(i);
      check(file, removed, i > 0 && i < 5);
      List<String> swapped = new ArrayList<>(lines);
      swapped.add(0, swapped.remove(i));
      check(file, swapped, i > 0);
      List<String> cut = new ArrayList<>(lines);
      cut.set(i, cut.get(i).substring(0, 100));
      check(file, cut, true);
    }
  }

  private static void check(Path file, List<String> lines, boolean shows) throws Exception {
    Files.write(file, lines);
    boolean whole = AuditChain.verify(List.of(file)).problems().isEmpty();
    assertThat(whole).as(String.join("\n", lines)).isEqualTo(!shows);
  }

  @Test
  void halfALineOfSomebodyWhoWasKilledIsEndedAndShows() throws Exception {
    Path file = write(2);
    byte[] all = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(all, all.length - 20));
    write(2);
    AuditChain.Report report = AuditChain.verify(List.of(file));
    assertThat(report.lines()).isEqualTo(4);
    assertThat(report.problems()).anyMatch(text -> text.contains(":2: the line is not whole"));
    assertThat(report.problems()).noneMatch(text -> text.contains(":4:"));
  }

  @Test
  void manyThreadsMakeOneChain() throws Exception {
    try (AuditLog log = open()) {
      ExecutorService threads = Executors.newFixedThreadPool(8);
      List<Callable<Void>> work = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        work.add(
            () -> {
              for (int k = 0; k < 500; k++) {
                log.note(user("user" + k, "search", List.of("all")));
              }
              return null;
            });
      }
      for (var done : threads.invokeAll(work)) {
        done.get();
      }
      threads.shutdown();
    }
    assertThat(AuditChain.verify(List.of(directory.resolve("audit.log"))))
        .isEqualTo(new AuditChain.Report(4000, List.of(), false));
  }

  /** /dev/full takes nothing, as a full disk. */
  @Test
  void whatCannotBeAccountedForIsRefusedWhereThatIsWanted() throws Exception {
    Path full = Path.of("/dev/full");
    try (AuditLog log = AuditLog.open(full, true, CLOCK)) {
      log.check();
      assertThatThrownBy(() -> log.note(user("x", "expunge", List.of())))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(75));
      assertThatThrownBy(log::check).isInstanceOf(Failure.class);
    }
    try (AuditLog log = AuditLog.open(full, false, CLOCK)) {
      log.note(user("x", "expunge", List.of()));
      log.check();
    }
    assertThatThrownBy(() -> AuditLog.open(directory.resolve("no/such/file"), true, CLOCK))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(78));
  }

  @Test
  void aFileThatIsNoLogIsNotWhole() throws Exception {
    Path file = directory.resolve("x");
    Files.write(file, "nonsense\n{}\n\n".getBytes(StandardCharsets.UTF_8));
    assertThat(AuditChain.verify(List.of(file)).problems()).hasSize(3);
    Files.write(file, new byte[0]);
    assertThat(AuditChain.verify(List.of(file)).lines()).isZero();
  }
}
