package org.doveadmsshd.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityTest {
  private static Identity of(String uid, String gid, Identity.ValidIds bounds) throws Failure {
    return Identity.of(new MailUser("jane", Map.of("uid", uid, "gid", gid)), bounds);
  }

  @ParameterizedTest
  @CsvSource({
    "500, 1, 500, 0, 1",
    "4294967294, 4294967294, 500, 0, 1",
    "1000, 100, 1000, 1000, 100",
    "1, 1, 0, 0, 0",
    "0001000, 1, 500, 0, 1",
  })
  void whatIsWithinTheBoundsIsTaken(String uid, String gid, long first, long last, long firstGid)
      throws Exception {
    assertThat(of(uid, gid, new Identity.ValidIds(first, last, firstGid)))
        .isEqualTo(new Identity((int) Long.parseLong(uid), (int) Long.parseLong(gid)));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1000, 0, 0, 0",
    "1000, 0, 0, 0, 0",
    "499, 1000, 500, 0, 1",
    "1001, 1000, 500, 1000, 1",
    "1000, 99, 500, 0, 100",
    "root, 1000, 0, 0, 0",
    "1000, root, 0, 0, 0",
  })
  void rootAndWhatIsOutOfBoundsIsRefused(
      String uid, String gid, long first, long last, long firstGid) {
    assertThatThrownBy(() -> of(uid, gid, new Identity.ValidIds(first, last, firstGid)))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> assertThat(failure.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR))
        .hasMessageContaining("out of bounds");
  }

  @ParameterizedTest
  @CsvSource({
    "'', 1000, uid",
    "-1, 1000, uid",
    "4294967295, 1000, uid",
    "99999999999, 1000, uid",
    "1000, 4294967295, gid",
    "1000, 1x, gid",
    "nosuchuserhere, 1000, uid",
    "1000, nosuchgrouphere, gid",
    "1e3, 1000, uid",
    "' 1000', 1000, uid",
    "١٠٠٠, 1000, uid",
  })
  void whatNamesNobodyIsRefused(String uid, String gid, String field) {
    assertThatThrownBy(() -> of(uid, gid, new Identity.ValidIds(0, 0, 0)))
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith("The userdb names no " + field + " for jane");
  }

  @Test
  void namesAreThoseOfTheSystem() throws Exception {
    assertThat(of("daemon", "daemon", new Identity.ValidIds(0, 0, 0)))
        .isEqualTo(new Identity(1, 1));
  }

  @Test
  void aUserWithoutUidIsRefused() {
    MailUser user = new MailUser("jane", Map.of("gid", "1000"));
    assertThatThrownBy(() -> Identity.of(user, new Identity.ValidIds(0, 0, 0)))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("uid");
  }
}
