package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import org.apache.sshd.common.SshException;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the options of a key leave of what its master may do. */
@Timeout(60)
class KeyRestrictionsTest extends CalledServer {
  private static final KeyPair KEY = MemorySite.key();

  private Caller.LoggedIn with(String master, String options) throws Exception {
    site.authorizeOnly(master, options, KEY);
    return caller.login(master, KEY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"doveadm user jane", "/usr/bin/doveadm user jane", "doveadm  'user' jane"})
  void aKeyForOneCommandCarriesOutThatOneWhateverIsAskedFor(String command) throws Exception {
    try (Caller.LoggedIn only = with("admin", "command=\"" + command + "\"")) {
      for (String asked :
          new String[] {"doveadm expunge -u jane mailbox INBOX all", "cat /etc/passwd", "\"\""}) {
        Caller.Ended ended = only.run(asked);
        assertThat(ended.code()).as(asked).isZero();
        assertThat(ended.out()).as(asked).contains("/homes/jane");
        assertThat(site.audit.next("command").arguments()).containsExactly("user", "jane");
      }
      assertThat(only.shell().end().out()).contains("/homes/jane");
    }
    assertThat(site.work.mail("jane").mails("INBOX")).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "doveadm search -u jane all | 0",
        "/usr/bin/doveadm search -u jane all | 0",
        "doveadm search -u jane mailbox INBOX subject one | 0",
        "doveadm search -u joe all | 77",
        "doveadm search -A all | 77",
        "doveadm search -u | 77",
        "doveadm search | 77",
        "doveadm expunge -u jane mailbox INBOX all | 77",
        "doveadm -D search -u jane all | 77",
        "cat search -u jane | 77",
        "\"\" | 77",
      })
  void aKeyForWhatBeginsSoTakesFurtherWordsAndNoOthers(String asked, int code) throws Exception {
    try (Caller.LoggedIn some = with("admin", "command=\"doveadm search -u jane *\"")) {
      Caller.Ended ended = some.run(asked);
      assertThat(ended.code()).as(ended.error()).isEqualTo(code);
      AuditEvent noted = site.audit.next("command");
      assertThat(noted.exit()).isEqualTo(code);
      if (code != 0) {
        assertThat(ended.out()).isEmpty();
        assertThat(ended.error())
            .contains("This key is for commands that begin with: doveadm search -u jane *");
        assertThat(noted.text()).isEqualTo("not allowed with this key");
      }
    }
    assertThat(site.work.mail("jane").mails("INBOX")).hasSize(2);
  }

  @Test
  void aKeyForACommandThatIsNoneCarriesOutNothing() throws Exception {
    try (Caller.LoggedIn broken = with("admin", "command=\"/bin/sh\"")) {
      assertThat(broken.run("doveadm user jane").code()).isEqualTo(127);
    }
    try (Caller.LoggedIn broken = with("admin", "command=\"doveadm user 'jane\"")) {
      Caller.Ended ended = broken.run("doveadm user jane");
      assertThat(ended.code()).isEqualTo(64);
      assertThat(ended.out()).isEmpty();
    }
  }

  @Test
  void aKeyForACommandOpensNoLaneAndItsConnectionLivesOn() throws Exception {
    try (Caller.LoggedIn only = with("admin", "command=\"doveadm user jane\"")) {
      Caller.Ended refused = only.subsystem("doveadm").end();
      assertThat(refused.out()).as("not even a hello").isEmpty();
      assertThat(only.run("doveadm who").out()).contains("/homes/jane");
      assertThat(site.sessions.activeSessions()).isEmpty();
    }
    try (Caller.LoggedIn prefix = with("admin", "command=\"doveadm *\"")) {
      assertThat(prefix.subsystem("doveadm").end().out()).isEmpty();
      assertThat(site.sessions.activeSessions()).isEmpty();
    }
  }

  @Test
  void aKeyForSomeUsersReachesNoOthers() throws Exception {
    try (Caller.LoggedIn some = with("admin", "scope=\"ja*,mary\"")) {
      assertThat(some.run("doveadm user '*'").lines()).containsExactly("jane", "mary");
      assertThat(some.run("doveadm search -A all").out()).contains("jane ").doesNotContain("joe");
      assertThat(some.run("doveadm search -u joe all").code()).isEqualTo(77);
      assertThat(some.run("doveadm reload").code()).as("concerns all users").isEqualTo(77);
    }
  }

  @Test
  void aKeyForSomeCommandsCarriesOutNoOthers() throws Exception {
    try (Caller.LoggedIn some = with("admin", "commands=\"search, write\"")) {
      assertThat(some.run("doveadm search -u jane all").code()).isZero();
      assertThat(some.run("doveadm fetch -u jane uid all").code()).isEqualTo(77);
      assertThat(some.run("doveadm expunge -u jane mailbox INBOX all").code()).isEqualTo(77);
      assertThat(some.run("doveadm pw -p x").code()).as("needs no user").isEqualTo(77);
      assertThat(some.run("doveadm mailbox create -u jane New").code()).as("a kind").isZero();
    }
  }

  @Test
  void aKeyNeverGivesWhatItsMasterHasNot() throws Exception {
    try (Caller.LoggedIn more = with("helper", "scope=\"*\",commands=\"expunge search\"")) {
      assertThat(more.run("doveadm search -u mary all").code()).isEqualTo(77);
      assertThat(more.run("doveadm expunge -u jane mailbox INBOX all").code()).isEqualTo(77);
    }
    try (Caller.LoggedIn more = with("helper", "scope=\"*\",commands=\"expunge,search\"")) {
      assertThat(more.run("doveadm search -u jane all").code()).isZero();
      assertThat(more.run("doveadm search -u mary all").code()).isEqualTo(77);
      assertThat(more.run("doveadm expunge -u jane mailbox INBOX all").code()).isEqualTo(77);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "from=\"192.0.2.0/24\"",
        "from=\"127.0.0.0/8,!127.0.0.1\"",
        "expiry-time=\"20200101\"",
        "environment=\"A=b\"",
        "permitopen=\"x:1\"",
        "scope=\"\"",
        "commands=\" , \""
      })
  void aKeyThatCannotBeUsedHereNowOrAtAllLetsNobodyIn(String options) {
    assertThatThrownBy(() -> with("admin", options)).isInstanceOf(SshException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "from=\"127.0.0.0/8\"",
        "expiry-time=\"20990101\"",
        "restrict,no-pty",
        "no-user-rc"
      })
  void aKeyThatAsksForLessThanThereIsLetsIn(String options) throws Exception {
    try (Caller.LoggedIn admin = with("admin", options)) {
      assertThat(admin.run("doveadm user jane").code()).isZero();
    }
  }
}
