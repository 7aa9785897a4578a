package org.doveadmsshd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.server.audit.AuditLog;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code doveadm-sshd audit verify}: what it prints, and how it ends. */
class AuditVerificationTest {
  @TempDir Path directory;

  private Path log(String name, int lines) throws Exception {
    Path file = directory.resolve(name);
    try (AuditLog log = AuditLog.open(file, true, Clock.systemUTC())) {
      for (int i = 0; i < lines; i++) {
        log.note(AuditEvent.login("admin", Login.NONE, Outcome.OK));
      }
    }
    return file;
  }

  private static Printed verify(Path... files) throws Failure {
    List<String> words =
        Stream.concat(Stream.of("verify"), Arrays.stream(files).map(Path::toString)).toList();
    return Printed.of(() -> AuditVerification.run(words));
  }

  @Test
  void aLogThatIsAsItWasWrittenIsUnbroken() throws Exception {
    assertThat(verify(log("a", 3))).isEqualTo(new Printed(0, "3 lines, unbroken\n", ""));
    assertThat(verify(log("empty", 0))).isEqualTo(new Printed(0, "0 lines, unbroken\n", ""));
  }

  @Test
  void aLineThatWasChangedIsNamedWithItsFile() throws Exception {
    Path file = log("a", 3);
    Files.writeString(file, Files.readString(file).replaceFirst("admin", "nobody"));
    Printed broken = verify(file);
    assertThat(broken.code()).isEqualTo(65);
    assertThat(broken.out())
        .isEqualTo(
            file
                + ":2: the line before it was changed, or lines are missing\n"
                + "3 lines, NOT as written\n");
  }

  @Test
  void filesThatFollowEachOtherAreOneLog() throws Exception {
    Path file = log("a", 2);
    Path older = directory.resolve("a.1");
    try (AuditLog log = AuditLog.open(file, true, Clock.systemUTC())) {
      Files.move(file, older);
      log.reopen();
      log.note(AuditEvent.login("admin", Login.NONE, Outcome.OK));
    }
    assertThat(verify(older, file).out()).isEqualTo("3 lines, unbroken\n");
    Printed later = verify(file);
    assertThat(later.code()).as("what is there is whole").isZero();
    assertThat(later.out())
        .isEqualTo(file + ": begins in the middle: earlier files are not here\n1 line, unbroken\n");
    assertThat(verify(file, older).code()).as("the wrong order").isEqualTo(65);
  }

  @Test
  void otherWordsAreAMistake() throws Exception {
    for (List<String> words :
        List.of(List.<String>of(), List.of("verify"), List.of("check", "a"), List.of("a"))) {
      Printed mistake = Printed.of(() -> AuditVerification.run(words));
      assertThat(mistake.code()).isEqualTo(64);
      assertThat(mistake.out()).isEmpty();
      assertThat(mistake.error()).startsWith("usage: doveadm-sshd audit verify <file>");
    }
  }

  @Test
  void aFileThatIsNotThereIsAMistakeAndOneThatCannotBeReadAFailure() {
    Path missing = directory.resolve("missing");
    assertThatThrownBy(() -> verify(missing))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.USAGE))
        .hasMessage("There is no file " + missing);
    assertThatThrownBy(() -> verify(directory))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE))
        .hasMessageContaining("The audit log cannot be read");
  }
}
