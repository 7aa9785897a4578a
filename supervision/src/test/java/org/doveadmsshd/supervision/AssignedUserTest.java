package org.doveadmsshd.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssignedUserTest {
  private static final MailUser JANE =
      new MailUser("jane@example.org", Map.of("home", "/srv/jane", "quota_rule", "*:storage=1G"));
  private static final AssignedUser ASSIGNED = new AssignedUser("Jane@Example.org", JANE);

  private static AssignedUser.UserLine read(String line) {
    return AssignedUser.UserLine.read(List.of(line.split("\t", -1)));
  }

  @ParameterizedTest
  @CsvSource({"1000, 1000", "2147483648, 4294967294", "0, 0"})
  void theLineOfAUserIsReadAsTheSameUser(long uid, long gid) {
    Identity identity = new Identity((int) uid, (int) gid);
    String[] line = ASSIGNED.line(5, identity);
    assertThat(line)
        .startsWith("USER", "5", "Jane@Example.org", "" + uid, "" + gid, "jane@example.org");
    assertThat(AssignedUser.UserLine.read(List.of(line)))
        .isEqualTo(new AssignedUser.UserLine(5, identity, ASSIGNED));
  }

  @Test
  void fieldsKeepTheirOrder() {
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 9; i >= 0; i--) {
      fields.put("field" + i, "");
    }
    String[] line = new AssignedUser("j", new MailUser("j", fields)).line(0, new Identity(1, 1));
    assertThat(
            new ArrayList<>(
                AssignedUser.UserLine.read(List.of(line)).user().user().fields().keySet()))
        .containsExactlyElementsOf(fields.keySet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "USER",
        "USER\t0\tjane\t1\t1",
        "user\t0\tjane\t1\t1\tjane",
        "TAKEN\t0\tjane\t1\t1\tjane",
        "USER\t\tjane\t1\t1\tjane",
        "USER\t-1\tjane\t1\t1\tjane",
        "USER\t0\tjane\t-1\t1\tjane",
        "USER\t0\tjane\t1\t-1\tjane",
        "USER\t0\tjane\t1x\t1\tjane",
        "USER\t0\tjane\t1\t\tjane",
        "USER\t0\tjane\t4294967296\t1\tjane",
        "USER\t0\tjane\t1\t1e3\tjane",
        "USER\t0\tjane\troot\troot\tjane",
        "USER\tjane\t0\t1\t1\tjane",
      })
  void anyOtherLineIsRefused(String line) {
    assertThatThrownBy(() -> read(line)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theUserIsKnownByTheNameThatWasAskedForAndByTheUsersOwn() throws Exception {
    assertThat(ASSIGNED.find("Jane@Example.org")).contains(JANE);
    assertThat(ASSIGNED.find("jane@example.org")).contains(JANE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"joe", "", "JANE@EXAMPLE.ORG", "jane"})
  void nobodyElseIs(String name) {
    for (AssignedUser each : List.of(ASSIGNED, AssignedUser.NOBODY)) {
      assertThatThrownBy(() -> each.find(name))
          .isInstanceOfSatisfying(
              Failure.class,
              failure -> assertThat(failure.outcome()).isEqualTo(Outcome.NO_PERMISSION))
          .hasMessageContaining("one user only");
    }
  }

  @Test
  void usersCannotBeListed() {
    assertThat(ASSIGNED.canList()).isFalse();
    assertThatThrownBy(
            () ->
                ASSIGNED.forEach(
                    name -> {
                      throw new AssertionError(name);
                    }))
        .isInstanceOf(Failure.class);
  }
}
