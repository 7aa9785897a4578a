package org.doveadmsshd.auth.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.auth.HashedPassdb;
import org.doveadmsshd.auth.Hashing;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is promised of users in every directory. */
interface LdapDirectoryContract {
  String BASE = "dc=example,dc=org";
  int MANY = 2500;

  List<String> KEYS = List.of("key one", "key two");

  /** Where a directory is that holds {@link #ldif}. */
  List<String> uris();

  /** The entries of the directory. */
  static String ldif() {
    StringBuilder ldif = new StringBuilder();
    ldif.append("dn: " + BASE + "\nobjectClass: domain\ndc: example\n\n");
    ldif.append("dn: ou=people," + BASE + "\nobjectClass: organizationalUnit\nou: people\n\n");
    person(ldif, "jane", "ou=people", 5000, "userPassword: secret\nhost: key one\nhost: key two\n");
    person(ldif, "bob", "ou=people", 5001, "");
    ldif.append("dn: ou=more," + BASE + "\nobjectClass: organizationalUnit\nou: more\n\n");
    person(ldif, "twice", "ou=people", 1, "userPassword: x\n");
    person(ldif, "twice", "ou=more", 2, "userPassword: x\n");
    for (int i = 0; i < MANY; i++) {
      person(ldif, "user" + i, "ou=more", 10_000 + i, "");
    }
    return ldif.toString();
  }

  private static void person(StringBuilder ldif, String name, String where, int uid, String more) {
    ldif.append("dn: uid=%s,%s,%s\n".formatted(name, where, BASE));
    ldif.append("objectClass: account\nobjectClass: posixAccount\n");
    ldif.append("uid: %s\ncn: %s\nuidNumber: %d\ngidNumber: 5000\n".formatted(name, name, uid));
    ldif.append("homeDirectory: /srv/%s\n%s\n".formatted(name, more));
  }

  /** Settings with which the directory is asked. */
  default LdapSettings settings(boolean authBind, String authBindDn) {
    return settings(uris(), "adminsecret", "", authBind, authBindDn);
  }

  /**
   * As {@link #settings(boolean, String)}.
   *
   * @param caFile empty for no TLS
   */
  static LdapSettings settings(
      List<String> uris, String password, String caFile, boolean authBind, String authBindDn) {
    return new LdapSettings(
        uris,
        "cn=admin," + BASE,
        password,
        !caFile.isEmpty(),
        caFile,
        authBind,
        authBindDn,
        BASE,
        "subtree",
        "homeDirectory=home,uidNumber=uid,=quota_rule=*:bytes=%{ldap:gidNumber},uid=index=/i/%$/%d",
        "(&(objectClass=posixAccount)(uid=%n))",
        "uid=user,userPassword=password,host=authorized_keys",
        "(&(objectClass=posixAccount)(uid=%n))",
        "uid=user",
        "(objectClass=posixAccount)",
        "PLAIN");
  }

  @Test
  default void aUserHasTheFieldsOfHisEntry() throws Failure {
    try (LdapDirectory directory = new LdapDirectory(settings(false, ""))) {
      assertThat(directory.find("Jane@Example.org"))
          .contains(
              new MailUser(
                  "jane@example.org",
                  Map.of(
                      "home", "/srv/jane",
                      "uid", "5000",
                      "quota_rule", "*:bytes=5000",
                      "index", "/i/jane/example.org")));
      assertThat(directory.find("nobody")).isEmpty();
    }
  }

  @Test
  default void aPasswordIsComparedOrTheDirectoryLetsHimIn() throws Failure {
    for (LdapSettings settings :
        List.of(
            settings(false, ""), settings(true, ""), settings(true, "uid=%n,ou=people," + BASE))) {
      try (LdapDirectory directory = new LdapDirectory(settings)) {
        Passdb passdb =
            settings.authBind()
                ? directory.binding()
                : new HashedPassdb(
                    directory, "PLAIN", new Hashing(new MemoryBudget(1L << 28).all()));
        assertThat(verdict(passdb, "jane", "secret")).isEqualTo(Passdb.Verdict.RIGHT);
        for (String wrong : List.of("Secret", "", "x".repeat(1000), "*", "\0")) {
          assertThat(verdict(passdb, "jane", wrong)).as(wrong).isEqualTo(Passdb.Verdict.WRONG);
        }
        for (String name : List.of("nobody", "*", "jane)(uid=*", "jane,ou=people")) {
          assertThat(verdict(passdb, name, "secret")).as(name).isNotEqualTo(Passdb.Verdict.RIGHT);
        }
        assertThat(verdict(passdb, "bob", "")).isEqualTo(Passdb.Verdict.WRONG);
        assertThat(verdict(passdb, "bob", "x")).isNotEqualTo(Passdb.Verdict.RIGHT);
        assertThat(directory.find("jane")).as("nobody stays logged in").isPresent();
      }
    }
  }

  @Test
  default void keysAreAllTheValuesOfTheirAttribute() throws Failure {
    for (boolean bind : List.of(true, false)) {
      try (LdapDirectory directory = new LdapDirectory(settings(bind, ""))) {
        Passdb passdb =
            bind
                ? directory.binding()
                : new HashedPassdb(
                    directory, "PLAIN", new Hashing(new MemoryBudget(1L << 28).all()));
        assertThat(passdb.find(new LoginAttempt("jane", "", "")).get().fields())
            .hasEntrySatisfying(
                "authorized_keys", lines -> assertThat(lines.lines()).hasSameElementsAs(KEYS));
        assertThat(passdb.find(new LoginAttempt("bob", "", "")).get().fields())
            .doesNotContainKey("authorized_keys");
      }
    }
  }

  private static Passdb.Verdict verdict(Passdb passdb, String user, String password)
      throws Failure {
    return passdb.verify(new LoginAttempt(user, password, "192.0.2.1")).verdict();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "j*",
        "jane)(objectClass=*",
        "jane)",
        "(",
        "\\",
        "jane\\2a",
        "jane*",
        "日本",
        "&",
        "|",
        "%u"
      })
  default void aNameIsNeverTakenForAFilter(String name) throws Failure {
    try (LdapDirectory directory = new LdapDirectory(settings(false, ""))) {
      assertThat(directory.find(name)).isEmpty();
      assertThat(directory.find(new LoginAttempt(name, "x", ""))).isEmpty();
    }
  }

  @Test
  default void severalEntriesOfOneNameAreAFailureNotAGuess() throws Failure {
    try (LdapDirectory directory = new LdapDirectory(settings(false, ""))) {
      assertThatThrownBy(() -> directory.find("twice"))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(75));
    }
  }

  @Test
  default void allUsersAreListedPageByPage() throws Exception {
    try (LdapDirectory directory = new LdapDirectory(settings(false, ""))) {
      List<String> names = new ArrayList<>();
      directory.forEach(names::add);
      assertThat(names).hasSize(MANY + 4).contains("jane", "user0", "user" + (MANY - 1));
      assertThatThrownBy(
              () ->
                  directory.forEach(
                      name -> {
                        throw new java.io.IOException("enough");
                      }))
          .hasMessage("enough");
      assertThat(directory.find("jane")).isPresent();
    }
  }
}
