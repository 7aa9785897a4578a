package org.doveadmsshd.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.base.AddressPatterns;
import org.doveadmsshd.base.UserMask;
import org.junit.jupiter.api.Test;

class MasterTest {
  private static final Instant END = Instant.parse("2026-06-01T00:00:00Z");
  private static final Login LOGIN = new Login("password", "192.0.2.1");

  private static Master master(String address, Scope scope) {
    return new Master("root", scope, new Login("password", address));
  }

  private static Scope office() {
    return new Scope(
        List.of(
            new ScopeRule(
                true,
                List.of(UserMask.ALL),
                Set.of(),
                List.of(),
                Optional.of(AddressPatterns.parse("192.0.2.0/24")),
                Optional.of(END),
                "")));
  }

  @Test
  void whoComesForOneUserMayDoNothingForOthers() {
    Scope scope = new Scope(List.of(new UserMask("*@a")), Set.of("search"));
    Master one = new Master("root", scope, LOGIN).onlyFor("joe@a");
    assertThat(one.name()).isEqualTo("root");
    assertThat(one.login()).isEqualTo(LOGIN);
    assertThat(one.scope().hasCommand("joe@a", "search")).isTrue();
    assertThat(one.scope().hasCommand("joe@a", "expunge")).isFalse();
    assertThat(one.scope().hasUser("jane@a")).isFalse();
    assertThat(new Master("root", scope, LOGIN).onlyFor("joe@b").scope().hasUser("joe@b"))
        .as("outside his scope")
        .isFalse();
  }

  @Test
  void whereHeHasLoggedInFromDecidesWhichRulesHold() {
    Master here = master("192.0.2.1", office());
    assertThat(here.at(END.minusSeconds(1)).scope().hasUser("joe")).isTrue();
    assertThat(here.at(END).scope().hasUser("joe")).isFalse();
    assertThat(here.at(END).name()).isEqualTo("root");
    assertThat(here.at(END).login()).isEqualTo(LOGIN);
    Master elsewhere = master("198.51.100.1", office());
    assertThat(elsewhere.at(END.minusSeconds(1)).scope().hasUser("joe")).isFalse();
    Master nowhere = master("", office());
    assertThat(nowhere.at(END.minusSeconds(1)).scope().hasUser("joe")).isFalse();
  }

  @Test
  void rulesThatAlwaysHoldLeaveHimAsHeIs() {
    Master always = master("192.0.2.1", Scope.UNLIMITED);
    assertThat(always.at(END)).isSameAs(always);
  }

  @Test
  void aPasswordIsNotInTheTextOfALogin() {
    LoginAttempt attempt = new LoginAttempt("joe", "secret", "192.0.2.1");
    assertThat(attempt).hasToString("login of joe from 192.0.2.1");
    assertThat(attempt.mailUser()).isEmpty();
  }

  @Test
  void wherePeopleCannotLogInNobodyIsFound() throws Exception {
    assertThat(Masters.NONE.names()).isEmpty();
    assertThat(Masters.NONE.find("root")).isEmpty();
    assertThat(Masters.NONE.find("root", LOGIN, "joe")).isEmpty();
    assertThat(Masters.NONE.field("root", "password")).isEmpty();
    assertThat(Masters.NONE.authenticate(new LoginAttempt("root", "", ""))).isEmpty();
    assertThat(Masters.NONE.authentication("PLAIN", "", Optional.of("root"))).isEmpty();
  }
}
