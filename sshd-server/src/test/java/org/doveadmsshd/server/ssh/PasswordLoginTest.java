package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.sshd.client.auth.keyboard.UserInteraction;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshException;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.SaslServer;
import org.doveadmsshd.auth.LoginDelays;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins with a password, whoever tries them. */
@Timeout(60)
class PasswordLoginTest {
  /** Passwords that are looked at together, and those that wait for that. */
  private static final int AT_ONCE = 8;

  private static final int WAITING = 32;

  private MemorySite site;
  private Caller caller;

  @AfterEach
  void stop() throws Exception {
    caller.close();
    site.close();
  }

  private void start(Consumer<MemorySite.Plan> changes, String... methods) {
    site = new MemorySite(changes);
    site.accounts.passwords.put("admin", "secret");
    site.accounts.passwords.put("helper", "secret too");
    site.accounts.passwords.put("jane", "a user's, no master's");
    caller = new Caller(site, client -> client.setUserAuthFactoriesNames(methods));
  }

  private void start() {
    start(plan -> {}, "password");
  }

  private void assertRefused(String user, String password) {
    assertThatThrownBy(() -> caller.loginWith(user, password)).isInstanceOf(SshException.class);
  }

  @Test
  void theRightPasswordLetsInAndTheLoginIsNoted() throws Exception {
    start();
    try (Caller.LoggedIn admin = caller.loginWith("admin", "secret")) {
      AuditEvent noted = site.audit.next("login");
      assertThat(noted.master()).isEqualTo("admin");
      assertThat(noted.login().method()).isEqualTo("password");
      assertThat(noted.login().address()).isEqualTo("127.0.0.1");
      assertThat(noted.exit()).isZero();
      assertThat(admin.run("doveadm search -A all").lines()).hasSize(3);
      assertThat(site.audit.next("command").login().method()).isEqualTo("password");
    }
    LoginAttempt attempt = site.accounts.attempts.get(0);
    assertThat(attempt.address()).isEqualTo("127.0.0.1");
    assertThat(attempt.mailUser()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"admin,wrong", "admin,SECRET", "admin,' secret'", "nobody,secret", "helper,secret"})
  void aWrongPasswordLetsNobodyInAndIsNoted(String user, String password) throws Exception {
    start();
    assertRefused(user, password);
    AuditEvent noted = site.audit.next("login");
    assertThat(noted.master()).isEqualTo(user);
    assertThat(noted.login().method()).isEqualTo("password");
    assertThat(noted.exit()).isEqualTo(77);
  }

  @Test
  void theRightPasswordOfAMailUserLetsInNoMaster() {
    start();
    assertRefused("jane", "a user's, no master's");
  }

  @Test
  void aNameThatIsOddStandsInNoLog() throws Exception {
    start();
    assertRefused("ad\nmin", "wrong");
    assertThat(site.audit.next("login").master()).isEqualTo("(an odd name)");
    assertRefused("x".repeat(65), "wrong");
    assertThat(site.audit.next("login").master()).isEqualTo("(an odd name)");
  }

  @Test
  void aPasswordLongerThanAnyIsNotLookedAt() {
    start();
    assertRefused("admin", "x".repeat(SaslServer.MAX_RESPONSE + 1));
    assertThat(site.accounts.attempts).isEmpty();
    assertRefused("admin", "x".repeat(SaslServer.MAX_RESPONSE));
    assertThat(site.accounts.attempts).isNotEmpty();
  }

  /** Usual clients do not even send one. */
  @Test
  void anEmptyPasswordIsNone() {
    start();
    site.accounts.passwords.put("admin", "");
    PasswordAuthentication passwords =
        new PasswordAuthentication(site.masters, new LoginDelays(Duration.ZERO), site.audit);
    assertThat(passwords.authenticate("admin", "", null)).isFalse();
    assertThat(passwords.authenticate(null, "admin", List.of(""))).isFalse();
    assertThat(passwords.authenticate(null, "admin", List.of())).isFalse();
    assertThat(passwords.authenticate(null, "admin", List.of("a", "b"))).isFalse();
    assertThat(site.accounts.attempts).isEmpty();
  }

  /** Answers every prompt with the same words, and notes the prompts. */
  private static final class Typist implements UserInteraction {
    private final List<String> prompts = new ArrayList<>();
    private final String[] answers;

    Typist(String... answers) {
      this.answers = answers;
    }

    @Override
    public String[] interactive(
        ClientSession session,
        String name,
        String instruction,
        String lang,
        String[] prompt,
        boolean[] echo) {
      assertThat(echo).containsOnly(false);
      prompts.addAll(List.of(prompt));
      return answers;
    }

    @Override
    public String getUpdatedPassword(ClientSession session, String prompt, String lang) {
      throw new AssertionError("nobody asks for another password");
    }
  }

  @Test
  void aPasswordMayBeTypedAtAPromptThatShowsNothing() throws Exception {
    start(plan -> {}, "keyboard-interactive");
    Typist typist = new Typist("secret");
    ClientSession session = caller.connect("admin");
    session.setUserInteraction(typist);
    session.auth().verify(Caller.LONG);
    assertThat(typist.prompts).containsExactly("Password: ");
    assertThat(site.audit.next("login").login().method()).isEqualTo("password");
    ClientSession wrong = caller.connect("admin");
    wrong.setUserInteraction(new Typist("wrong"));
    assertThatThrownBy(() -> wrong.auth().verify(Caller.LONG)).isInstanceOf(SshException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPasswordThatCannotBeVerifiedIsNotCalledWrong(boolean failure) throws Exception {
    start();
    site.accounts.verifyBy(
        attempt -> {
          if (failure) {
            throw Failure.temporary("The database is down", null);
          }
          throw new StackOverflowError();
        });
    assertThatThrownBy(() -> caller.loginWith("admin", "secret"))
        .hasStackTraceContaining("Passwords cannot be verified at the moment; try again later")
        .hasMessageNotContaining("database");
    assertThat(site.audit.of("login")).isEmpty();
    site.accounts.verifyBy(site.accounts::compare);
    caller.loginWith("admin", "secret").close();
  }

  @Test
  void aLoginThatCannotBeNotedIsNoReasonToLockMastersOut() throws Exception {
    start();
    site.audit.refuse("login");
    try (Caller.LoggedIn admin = caller.loginWith("admin", "secret")) {
      assertThat(admin.run("doveadm user jane").code()).isZero();
    }
  }

  /** Each moment is taken before what it bounds: a slow machine makes the time longer only. */
  @Test
  void aWrongPasswordIsAnsweredLateAndTheNextOneFromThereIsLookedAtLate() throws Exception {
    start(plan -> plan.failureDelay = Duration.ofMillis(300), "password");
    List<Long> asked = new ArrayList<>();
    site.accounts.verifyBy(
        attempt -> {
          asked.add(System.nanoTime());
          return site.accounts.compare(attempt);
        });
    assertRefused("admin", "wrong");
    long answered = System.nanoTime();
    assertThat(Duration.ofNanos(answered - asked.get(0))).isGreaterThan(Duration.ofMillis(300));
    caller.loginWith("admin", "secret").close();
    assertThat(Duration.ofNanos(asked.get(1) - answered)).isGreaterThan(Duration.ofMillis(1900));
  }

  @Test
  void whoHasAKeyDoesNotWaitForThoseWhoGuess() throws Exception {
    start(plan -> plan.failureDelay = Duration.ofHours(1), "password", "publickey");
    ClientSession guesses = caller.connect("admin");
    guesses.addPasswordIdentity("wrong");
    AuthFuture never = guesses.auth();
    assertThat(site.audit.next("login").exit()).isEqualTo(77);
    caller.admin().close();
    assertThat(never.isDone()).isFalse();
  }

  @Test
  void whenTooManyPasswordsWaitFurtherLoginsArePutOffAndNoneIsCalledWrong() throws Exception {
    start(plan -> {}, "password");
    CountDownLatch answers = new CountDownLatch(1);
    site.accounts.verifyBy(
        attempt -> {
          await(answers);
          return site.accounts.compare(attempt);
        });
    List<AuthFuture> logins = new ArrayList<>();
    for (int i = 0; i <= AT_ONCE + WAITING; i++) {
      ClientSession session = caller.connect("admin");
      session.addPasswordIdentity("secret");
      logins.add(session.auth());
    }
    Await.until("one is put off", () -> logins.stream().anyMatch(AuthFuture::isDone));
    assertThat(site.accounts.attempts).hasSizeLessThanOrEqualTo(AT_ONCE);
    answers.countDown();
    int putOff = 0;
    for (AuthFuture login : logins) {
      login.await(Caller.LONG);
      if (!login.isSuccess()) {
        putOff++;
        assertThat(login.getException()).hasStackTraceContaining("try again later");
      }
    }
    assertThat(putOff).isEqualTo(1);
    assertThat(site.audit.of("login"))
        .hasSize(AT_ONCE + WAITING)
        .extracting("exit")
        .containsOnly(0);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whereKeyAndPasswordAreBothNeededNeitherIsEnough() throws Exception {
    start(
        plan -> plan.methods = List.of("publickey,password", "publickey,keyboard-interactive"),
        "publickey",
        "password");
    assertRefused("admin", "secret");
    assertThatThrownBy(caller::admin).isInstanceOf(SshException.class);
    assertThat(site.audit.of("login")).as("the key alone is no login").isEmpty();
    ClientSession both = caller.connect("admin");
    both.addPublicKeyIdentity(MemorySite.ADMIN);
    both.addPasswordIdentity("secret");
    both.auth().verify(Caller.LONG);
    assertThat(site.audit.next("login").login().method())
        .matches("publickey SHA256:\\S+ and password");
    ClientSession wrong = caller.connect("admin");
    wrong.addPublicKeyIdentity(MemorySite.ADMIN);
    wrong.addPasswordIdentity("wrong");
    assertThatThrownBy(() -> wrong.auth().verify(Caller.LONG)).isInstanceOf(SshException.class);
  }

  @Test
  void whatTheKeyRestrictsHoldsBehindThePasswordToo() throws Exception {
    start(
        plan -> plan.methods = List.of("publickey,password", "publickey,keyboard-interactive"),
        "publickey",
        "password");
    site.authorizeOnly("admin", "scope=\"joe\"", MemorySite.STRANGER);
    ClientSession session = caller.connect("admin");
    session.addPublicKeyIdentity(MemorySite.STRANGER);
    session.addPasswordIdentity("secret");
    session.auth().verify(Caller.LONG);
    Caller.Ended user = new Caller.LoggedIn(session).run("doveadm user '*'");
    assertThat(user.lines()).containsExactly("joe");
  }

  /** The client has the public half only. */
  @Test
  void aKeyThatWasNotProvedNeitherRestrictsNorCounts() throws Exception {
    start(plan -> {}, "publickey", "password");
    site.authorizeOnly("admin", "scope=\"joe\",command=\"doveadm who\"", MemorySite.ADMIN);
    ClientSession session = caller.connect("admin");
    session.addPublicKeyIdentity(
        new KeyPair(MemorySite.ADMIN.getPublic(), MemorySite.STRANGER.getPrivate()));
    session.addPasswordIdentity("secret");
    session.auth().verify(Caller.LONG);
    assertThat(site.audit.next("login").login().method()).isEqualTo("password");
    Caller.Ended user = new Caller.LoggedIn(session).run("doveadm user '*'");
    assertThat(user.lines()).hasSize(3);
  }
}
