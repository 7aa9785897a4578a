package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.SaslServer;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserMask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of those who prove who they are is a master, and for whose mail. */
class PassdbMastersTest {
  private static final Scope OF_A = new Scope(List.of(new UserMask("*@a.org")), Set.of());

  /** Everybody's password is {@code right}; of {@code down} it cannot be said. */
  private static final Passdb EVERYBODY =
      new Passdb() {
        @Override
        public Answer verify(LoginAttempt attempt) throws Failure {
          if (attempt.user().equals("down")) {
            throw Failure.temporary("down", null);
          }
          boolean right = attempt.password().equals("right");
          return right ? new Answer(Verdict.RIGHT, Map.of()) : Answer.WRONG;
        }

        @Override
        public Optional<PasswordStore.Stored> find(LoginAttempt who) {
          return Optional.of(new PasswordStore.Stored("{PLAIN}right", Map.of("mail", "x")));
        }

        @Override
        public Optional<String> bearer(String token) {
          return Optional.of(token);
        }
      };

  private final PassdbMasters masters =
      new PassdbMasters(
          Map.of("root", Scope.UNLIMITED, "a", OF_A, "down", OF_A), EVERYBODY, Set.of("PLAIN"));

  private Optional<Master> login(String user, String password, String mailUser) throws Failure {
    return masters.authenticate(new LoginAttempt(user, password, "192.0.2.7", mailUser));
  }

  @Test
  void aRightPasswordMakesAMasterOfThoseOnlyWhoHaveAScope() throws Exception {
    Master root = login("root", "right", "").orElseThrow();
    assertThat(root.scope()).isEqualTo(Scope.UNLIMITED);
    assertThat(root.login()).isEqualTo(new Login("password", "192.0.2.7"));
    assertThat(login("root", "wrong", "")).isEmpty();
    assertThat(login("nobody", "right", "")).isEmpty();
    assertThat(login("ROOT", "right", "")).isEmpty();
    assertThatThrownBy(() -> login("down", "right", "")).hasMessage("down");
    assertThat(masters.names()).containsExactlyInAnyOrder("root", "a", "down");
  }

  @ParameterizedTest
  @CsvSource({
    "root, jane@a.org, jane@a.org, true",
    "root, jane@a.org, joe@a.org, false",
    "a, jane@a.org, jane@a.org, true",
    "a, jane@b.org, jane@b.org, false",
    "a, '', jane@a.org, true",
    "a, '', jane@b.org, false",
  })
  void whoNamesAMailUserMayReachHimAlone(String user, String mailUser, String reaches, boolean does)
      throws Exception {
    Scope scope = login(user, "right", mailUser).orElseThrow().scope();
    assertThat(scope.hasUser(reaches)).isEqualTo(does);
    assertThat(scope.hasAllUsers("search")).isEqualTo(user.equals("root") && mailUser.isEmpty());
    assertThat(masters.find(user, Login.NONE, mailUser).orElseThrow().scope()).isEqualTo(scope);
  }

  @ParameterizedTest
  @CsvSource({"*", "*@a.org", "jane?", "j*"})
  void aMaskIsNoMailUser(String mask) throws Exception {
    assertThat(login("root", "right", mask)).isEmpty();
    assertThat(masters.find("root", Login.NONE, mask)).isEmpty();
  }

  @Test
  void onlyMechanismsThatAreAllowedBegin() throws Exception {
    for (String allowed : List.of("PLAIN", "plain", "Plain")) {
      assertThat(masters.authentication(allowed, "", Optional.empty())).isPresent();
    }
    for (String other : List.of("SCRAM-SHA-256", "EXTERNAL", "OAUTHBEARER", "", "NONSENSE")) {
      assertThat(masters.authentication(other, "", Optional.of("root"))).as(other).isEmpty();
    }
  }

  @Test
  void anAuthenticationAsksThePassdbWithTheAddress() throws Exception {
    PassdbMasters all =
        new PassdbMasters(
            Map.of("root", Scope.UNLIMITED),
            EVERYBODY,
            Set.of("PLAIN", "SCRAM-SHA-256", "EXTERNAL", "OAUTHBEARER"));
    for (SaslClient client :
        List.of(
            SaslClient.plain("jane", "root", "right"),
            SaslClient.external("jane"),
            SaslClient.oauthBearer("jane", "root"),
            SaslClient.scramSha256("jane", "root", "right"))) {
      SaslServer server =
          all.authentication(client.mechanism(), "::1", Optional.of("root")).orElseThrow();
      SaslServer.Step step = server.respond(client.initialResponse());
      while (step instanceof SaslServer.Step.Challenge) {
        step = server.respond(client.respond(((SaslServer.Step.Challenge) step).data()));
      }
      assertThat(step)
          .as(client.mechanism())
          .isEqualTo(new SaslServer.Step.Accepted("root", "jane"));
    }
  }

  @Test
  void anotherConfigurationHoldsForLaterLogins() throws Exception {
    SaslServer begun = masters.authentication("PLAIN", "", Optional.empty()).orElseThrow();
    masters.become(new PassdbMasters(Map.of("a", OF_A), EVERYBODY, Set.of("EXTERNAL")));
    assertThat(login("root", "right", "")).isEmpty();
    assertThat(login("a", "right", "")).isPresent();
    assertThat(masters.authentication("PLAIN", "", Optional.empty())).isEmpty();
    assertThat(masters.authentication("EXTERNAL", "", Optional.of("a"))).isPresent();
    assertThat(masters.names()).containsExactly("a");
    assertThat(begun.respond(SaslClient.plain("", "x", "right").initialResponse()))
        .isEqualTo(new SaslServer.Step.Accepted("x", ""));
  }

  @Test
  void fieldsAreThoseOfThePassdb() throws Exception {
    assertThat(masters.field("root", "mail")).contains("x");
    assertThat(masters.field("root", "home")).isEmpty();
  }
}
