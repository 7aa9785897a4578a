package org.doveadmsshd.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailLocationTest {
  private static MailUser user(String name) {
    return new MailUser(name, Map.of("home", "/home/jane"));
  }

  @ParameterizedTest
  @CsvSource({
    "maildir:/srv/mail/%d/%n, /srv/mail/example.org/jane",
    "maildir:/srv/%u, /srv/jane@example.org",
    "maildir:%h/Mail, /home/jane/Mail",
    "maildir:/srv/100%%, /srv/100%",
    "maildir:/srv/%Ld/%{username}, /srv/example.org/jane",
    "maildir:/srv/%{user}:INDEX=/var/%u:VOLATILEDIR=/run/%u, /srv/jane@example.org",
    "maildir:%{home}/Mail:LAYOUT=Maildir++, /home/jane/Mail",
    "maildir:/srv/%{user | domain}/%{user|username|upper}, /srv/example.org/JANE",
  })
  void variablesAreFilledIn(String template, Path expected) throws Failure {
    MailLocation location = MailLocation.of(user("jane@example.org"), template);
    assertThat(location.root()).isEqualTo(new UserDirectory(expected, List.of()));
  }

  @Test
  void whatLiesBelowTheHomeIsTheUsersOwn() throws Failure {
    assertThat(MailLocation.of(user("jane"), "maildir:~/a/b"))
        .isEqualTo(MailLocation.maildir(Path.of("/home/jane"), List.of("a", "b")));
  }

  @Test
  void theUserdbsOwnLocationComesFirst() throws Failure {
    MailUser user = new MailUser("jane", Map.of("home", "/h", "mail", "maildir:/elsewhere"));
    assertThat(MailLocation.of(user, "maildir:~/Maildir").trusted())
        .containsExactly(Path.of("/elsewhere"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../x", "a/b", "a..b", ".x", "a\nb", "a\0b"})
  void aUserNameThatLeadsElsewhereIsRefused(String name) {
    assertThatThrownBy(() -> MailLocation.of(user(name), "maildir:/srv/%u"))
        .isInstanceOf(Failure.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mbox:~/x | only Maildir",
        "maildir:~/x:LAYOUT=imapdir | layout imapdir is not supported",
        "maildir:~/x:LAYOUT= | layout  is not supported",
        "maildir:~/x:CONTROL=z | CONTROL: expected an absolute path",
        "maildir:~/x:CONTROL= | CONTROL: expected an absolute path",
        "maildir:~/x:INBOX=../z | INBOX: expected an absolute path",
        "maildir:~/x:INDEX=/y/%x | unknown variable %x",
        "maildir:~/x:DIRNAME=mail | LAYOUT=fs only",
        "maildir:~/x:LAYOUT=fs:DIRNAME=a/b | DIRNAME: expected a name",
        "maildir:~/x:LAYOUT=fs:DIRNAME=.. | DIRNAME: expected a name",
        "maildir:~/x:SUBSCRIPTIONS= | SUBSCRIPTIONS: expected a name",
        "maildir:~/x:ITERINDEX | option ITERINDEX is not supported",
        "maildir:~/x:BROKENCHAR=~ | option BROKENCHAR is not supported",
        "maildir:~/x:NO-FS-VALIDATION | option NO-FS-VALIDATION is not supported",
        "maildir:~/x:MAILBOXDIR=y | option MAILBOXDIR is not supported",
        "maildir:~/x:WHATEVER=y | there is no option WHATEVER",
        "maildir:~/x:utf-8 | there is no option utf-8",
        "maildir:/srv/%x | unknown variable %x",
        "maildir:Maildir | maildir:~/Maildir",
        "maildir: | absolute path",
        "maildir:/srv/%{user | not complete",
      })
  void whatIsNotSupportedIsRefusedByName(String template, String why) {
    assertThatThrownBy(() -> MailLocation.of(user("jane"), template))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("The mail location of jane")
        .hasMessageContaining(why);
    assertThat(MailTemplate.mistake(template)).isPresent();
    assertThatThrownBy(() -> MailLocation.at(user("jane"), template))
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith(template)
        .hasMessageContaining(why);
  }

  @Test
  void whoHasNoHomeNeedsNone() throws Failure {
    MailUser homeless = new MailUser("jane", Map.of());
    assertThat(MailLocation.of(homeless, "maildir:/srv/%u").trusted())
        .containsExactly(Path.of("/srv/jane"));
    for (String template : List.of("maildir:~/x", "maildir:%h/x", "maildir:%{home}/x")) {
      assertThatThrownBy(() -> MailLocation.of(homeless, template))
          .hasMessageContaining("no home directory");
    }
  }

  @Test
  void whereAMasterSaysComesBeforeTheUserdbsOwnLocation() throws Failure {
    MailUser user = new MailUser("jane", Map.of("home", "/h", "mail", "maildir:/elsewhere"));
    assertThat(MailLocation.at(user, "maildir:/backup/%n"))
        .isEqualTo(MailLocation.maildir(Path.of("/backup/jane"), List.of()));
  }

  @Test
  void noLocationBelowTheHomeLeadsOutOfIt() throws Failure {
    for (String template : List.of("maildir:~/../x", "maildir:~/a/..", "maildir:~/%n/../../b")) {
      assertThatThrownBy(() -> MailLocation.of(user("jane"), template))
          .isInstanceOf(Failure.class)
          .hasMessage("A mail location must not lead out of the home");
    }
    assertThat(MailLocation.of(user("jane"), "maildir:~//a/./b/").root().below())
        .containsExactly("a", "b");
  }

  @Test
  void everyOptionOfDovecotIsTaken() throws Failure {
    MailLocation location =
        MailLocation.of(
            user("jane@example.org"),
            "maildir:~/m:LAYOUT=FS:CONTROL=/c/%d/%n:INDEX=%h/i:INBOX=~/in:UTF-8:DIRNAME=mail"
                + ":SUBSCRIPTIONS=subs:NO-NOSELECT:VOLATILEDIR=/run/%u:INDEXPVT=/p:INDEXCACHE=/q"
                + ":LISTINDEX=l:ALT=/a:ALTNOCHECK");
    assertThat(location)
        .isEqualTo(
            new MailLocation(
                new UserDirectory(Path.of("/home/jane"), List.of("m")),
                Optional.of(new UserDirectory(Path.of("/c/example.org/jane"), List.of())),
                Optional.of(new UserDirectory(Path.of("/home/jane/i"), List.of())),
                Optional.of(new UserDirectory(Path.of("/home/jane"), List.of("in"))),
                new MailboxLayout(MailboxLayout.Kind.FS, true, "mail", false, "subs", true)));
    assertThat(location.trusted())
        .containsExactly(
            Path.of("/home/jane"), Path.of("/c/example.org/jane"), Path.of("/home/jane/i"));
  }

  @Test
  void indexesInMemoryAreNowhereAndTwoColonsAreOneThatIsMeant() throws Failure {
    MailLocation location =
        MailLocation.of(user("jane"), "maildir:/a::b:INDEX=MEMORY:LAYOUT=fs:FULLDIRNAME=m:");
    assertThat(location.root().trusted()).isEqualTo(Path.of("/a:b"));
    assertThat(location.index()).isEmpty();
    assertThat(location.layout().isDirectoryNameEverywhere()).isTrue();
  }

  @Test
  void aLocationIsBelowTheHomeWhenAllOfItIs() {
    assertThat(MailTemplate.parse("maildir:~/a:CONTROL=~/b").isBelowHome()).isTrue();
    for (String option : List.of("CONTROL", "INDEX", "INBOX")) {
      String location = "maildir:~/a:" + option + "=/srv/other";
      assertThat(MailTemplate.parse(location).isBelowHome()).as(location).isFalse();
    }
  }

  @Test
  void aLocationThatIsLongerThanAPathMayBeIsRefused() {
    assertThat(MailTemplate.mistake("maildir:/" + "x".repeat(5000)))
        .hasValueSatisfying(text -> assertThat(text).contains("longer than 4096"));
  }
}
