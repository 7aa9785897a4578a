package org.doveadmsshd.auth.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.auth.Passdb.Verdict;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** PAM with services and a system user made for the test; needs root. */
class PamPassdbTest {
  private static final Path SERVICES = Path.of("/etc/pam.d");
  private final String service = "doveadm-test-" + ProcessHandle.current().pid();
  private final PamTurns turns = new PamTurns(Duration.ofMillis(100));
  private final String user = "dtest" + ProcessHandle.current().pid();

  @BeforeAll
  static void needsRoot() {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    assumeThat(SERVICES).isDirectory();
  }

  @BeforeEach
  void makeUser() throws Exception {
    service("auth required pam_unix.so\naccount required pam_unix.so\n");
    String hash = PasswordHash.make("SHA512-CRYPT", "", "pässword", 5000);
    run("useradd", "-M", "-p", hash.substring(hash.indexOf('}') + 1), user);
  }

  @AfterEach
  void removeUser() throws Exception {
    run("userdel", user);
    Files.deleteIfExists(SERVICES.resolve(service));
  }

  private void service(String text) throws IOException {
    Files.writeString(SERVICES.resolve(service), text);
  }

  private static void run(String... words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.exitValue()).as("%s: %s", List.of(words), said).isZero();
  }

  private Verdict verdict(String name, String password) throws Failure {
    LoginAttempt attempt = new LoginAttempt(name, password, "192.0.2.7");
    return new PamPassdb(service, turns).verify(attempt).verdict();
  }

  @Test
  void theSystemVerifiesItsUsers() throws Exception {
    assertThat(verdict(user, "pässword")).isEqualTo(Verdict.RIGHT);
    assertThat(verdict(user, "wrong")).isEqualTo(Verdict.WRONG);
    assertThat(verdict(user, "")).isNotEqualTo(Verdict.RIGHT);
    assertThat(verdict("no-such-user", "pässword")).isNotEqualTo(Verdict.RIGHT);
  }

  @Test
  void nothingIsCutOffAtANul() throws Exception {
    assertThat(verdict(user, "pässword\0x")).isNotEqualTo(Verdict.RIGHT);
    assertThat(verdict(user + "\0x", "pässword")).isNotEqualTo(Verdict.RIGHT);
    assertThat(verdict(user, "x".repeat(1_000_000))).isNotEqualTo(Verdict.RIGHT);
  }

  @Test
  void anAccountThatHasExpiredIsRefused() throws Exception {
    run("usermod", "-e", "2020-01-01", user);
    assertThat(verdict(user, "pässword")).isEqualTo(Verdict.WRONG);
  }

  @Test
  void aServiceThatDeniesOrDoesNotExistLetsNobodyIn() throws Exception {
    service("auth required pam_deny.so\naccount required pam_permit.so\n");
    assertThat(verdict(user, "pässword")).isEqualTo(Verdict.WRONG);
    Files.delete(SERVICES.resolve(service));
    assertThat(verdict(user, "wrong")).isEqualTo(Verdict.WRONG);
  }

  @Test
  void aModuleThatCannotBeAskedIsATemporaryFailure() throws Exception {
    service("auth required pam_no_such_module.so\naccount required pam_permit.so\n");
    assertThatThrownBy(() -> verdict(user, "pässword"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE));
  }

  @Test
  @Timeout(60)
  void aModuleThatHangsKeepsNoOtherPasswordWaitingForEver(@TempDir Path directory)
      throws Exception {
    Path begun = directory.resolve("begun");
    Path go = directory.resolve("go");
    Path module =
        Files.writeString(
            directory.resolve("module"), "#!/bin/sh\necho > " + begun + "\nread x < " + go + "\n");
    assertThat(module.toFile().setExecutable(true)).isTrue();
    run("mkfifo", begun.toString(), go.toString());
    service("auth required pam_exec.so quiet " + module + "\naccount required pam_permit.so\n");
    CompletableFuture<Verdict> hanging = new CompletableFuture<>();
    Thread first = new Thread(() -> complete(hanging));
    first.start();
    Files.readString(begun);
    PamPassdb impatient = new PamPassdb(service, turns);
    assertThatThrownBy(() -> impatient.verify(new LoginAttempt(user, "x", "192.0.2.7")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("still busy")
        .hasMessageContaining(service);
    Files.writeString(go, "\n");
    assertThat(hanging.get(30, TimeUnit.SECONDS)).isEqualTo(Verdict.RIGHT);
    service("auth required pam_permit.so\naccount required pam_permit.so\n");
    assertThat(impatient.verify(new LoginAttempt(user, "x", "")).verdict())
        .isEqualTo(Verdict.RIGHT);
  }

  private void complete(CompletableFuture<Verdict> answer) {
    try {
      answer.complete(verdict(user, "x"));
    } catch (Throwable e) {
      answer.completeExceptionally(e);
    }
  }

  @Test
  void aFailureIsNotDelayedTwice() throws Exception {
    long begun = System.nanoTime();
    for (int i = 0; i < 10; i++) {
      assertThat(verdict(user, "wrong" + i)).isEqualTo(Verdict.WRONG);
    }
    assertThat(System.nanoTime() - begun).as("ten of PAM's delays").isLessThan(15_000_000_000L);
  }
}
