package org.doveadmsshd.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.auth.Consequence;
import org.doveadmsshd.auth.LinkRules;
import org.doveadmsshd.auth.ldap.LdapSettings;
import org.doveadmsshd.auth.sql.SqlSettings;
import org.junit.jupiter.api.Test;

/** Passdbs and userdbs, and the files of their own that some have. */
class BackendSettingsTest extends WrittenSettings {
  @Test
  void severalPassdbsAndUserdbsHaveTheirRules() throws Exception {
    Settings settings =
        read(
            """
            first_valid_uid = 1000
            auth_cache_size = 1M
            auth_cache_ttl = 5 min
            passdb {
              driver = passwd-file
              args = users
              deny = yes
            }
            passdb {
              driver = passwd-file
              args = scheme=PLAIN username_format=%n /etc/mail/%d/passwd
              skip = authenticated
              result_success = continue-ok
              result_failure = return-fail
              result_internalfail = return
            }
            userdb {
              driver = passwd
            }
            userdb {
              driver = static
              args = uid=5000 gid=5000 home=/srv/mail/%d/%n
              skip = found
            }
            """);
    assertThat(settings.auth().passdbs())
        .containsExactly(
            new Backend.PassdbSection(
                "passwd-file",
                new Backend.PasswdFile(directory.resolve("users").toString(), "CRYPT", "%u"),
                LinkRules.USUAL,
                true),
            new Backend.PassdbSection(
                "passwd-file",
                new Backend.PasswdFile("/etc/mail/%d/passwd", "PLAIN", "%n"),
                new LinkRules(
                    LinkRules.Skip.SUCCEEDED,
                    Consequence.CONTINUE_OK,
                    Consequence.RETURN_FAIL,
                    Consequence.RETURN),
                false));
    assertThat(settings.auth().userdbs().get(0).backend()).isEqualTo(new Backend.System(1000, 0));
    assertThat(settings.auth().userdbs().get(1).backend())
        .isEqualTo(
            new Backend.Static(
                Map.of("uid", "5000", "gid", "5000", "home", "/srv/mail/%d/%n"), false));
    assertThat(settings.auth().userdbs().get(1).rules().skip()).isEqualTo(LinkRules.Skip.SUCCEEDED);
    assertThat(settings.auth().cache())
        .isEqualTo(new Settings.AuthCache(2048, Duration.ofMinutes(5), Duration.ofHours(1)));
  }

  @Test
  void mistakesInPassdbsAndUserdbsAreReported() throws Exception {
    assertThat(
            problems(
                """
                passdb {
                  driver = passwd-file
                  args = scheme=NOSUCH users
                  skip = found
                  result_success = perhaps
                }
                userdb {
                  driver = static
                  args = uid=%q gid
                }
                """))
        .containsExactlyInAnyOrder(
            "test.conf:3: args = scheme=NOSUCH users: unknown password scheme: NOSUCH",
            "test.conf:4: skip = found: expected never, authenticated or unauthenticated",
            "test.conf:5: result_success = perhaps: expected one of: return-ok return return-fail"
                + " continue continue-ok continue-fail",
            "test.conf:9: args = uid=%q gid: unknown variable %q (there are: %u %n %d %s %c %r"
                + " %{login_user})",
            "test.conf:9: args = uid=%q gid: expected name=value: gid",
            "test.conf:9: args = uid=%q gid: home= is missing; it shows who is a user, unless"
                + " allow_all_users=yes");
  }

  @Test
  void dovecotsOwnFileForSqlIsRead() throws Exception {
    Files.writeString(
        directory.resolve("dovecot-sql.conf.ext"),
        """
        # as Dovecot's documentation has it
        driver = pgsql
        connect = host=sql.example.com dbname=virtual user=virtual password=blarg#hash
        default_pass_scheme = SHA256
        password_query = \\
          SELECT username, domain, password \\
          FROM users WHERE username = '%n' AND domain = '%d'
        user_query = SELECT home, uid, gid FROM users WHERE username = '%n' AND domain = '%d'
        #iterate_query = SELECT username AS user FROM users
        """);
    Settings settings =
        read(
            """
            passdb {
              driver = sql
              args = dovecot-sql.conf.ext
            }
            userdb {
              driver = sql
              args = dovecot-sql.conf.ext
            }
            """);
    SqlSettings sql =
        new SqlSettings(
            "pgsql",
            "host=sql.example.com dbname=virtual user=virtual password=blarg#hash",
            "SHA256",
            Optional.of(
                "SELECT username, domain, password FROM users"
                    + " WHERE username = '%n' AND domain = '%d'"),
            Optional.of("SELECT home, uid, gid FROM users WHERE username = '%n' AND domain = '%d'"),
            Optional.empty());
    assertThat(settings.auth().passdbs().get(0).backend()).isEqualTo(new Backend.Sql(sql));
    assertThat(settings.auth().userdbs().get(0).backend()).isEqualTo(new Backend.Sql(sql));
    assertThat(String.join("\n", settings.effective())).doesNotContain("blarg");
  }

  @Test
  void mistakesInAnSqlFileAreReportedWhereTheyAre() throws Exception {
    Files.writeString(
        directory.resolve("sql.conf"),
        "driver = oracle\nconnet = x\npassword_query = SELECT '%u\n");
    String section = "passdb {\n driver = sql\n args = sql.conf\n}\n";
    assertThat(problems(section))
        .containsExactlyInAnyOrder(
            "sql.conf:2: unknown setting: connet (did you mean connect?)",
            "sql.conf: sql: connect must be set",
            "sql.conf: driver = oracle: expected pgsql, mysql or sqlite");
    assertThat(problems(section.replace("sql.conf", "nosuch.conf")))
        .containsExactly("nosuch.conf: cannot be read: No such file or directory");
    assertThat(problems(section.replace("sql.conf", "nosuch.conf").replace("= sql", "= ldap")))
        .containsExactly("nosuch.conf: cannot be read: No such file or directory");
  }

  @Test
  void dovecotsOwnFileForLdapIsRead() throws Exception {
    Files.writeString(
        directory.resolve("dovecot-ldap.conf.ext"),
        """
        hosts = ldap1.example.com ldap2.example.com
        tls = yes
        tls_ca_cert_file = ca.pem
        tls_require_cert = demand
        dn = cn=reader,dc=example,dc=com
        dnpass = top secret
        auth_bind = yes
        ldap_version = 3
        base = ou=people,dc=example,dc=com
        user_attrs = \\
          homeDirectory=home, \\
          uidNumber=uid
        """);
    Settings settings = read("userdb {\n driver = ldap\n args = dovecot-ldap.conf.ext\n}\n");
    LdapSettings ldap = ((Backend.Ldap) settings.auth().userdbs().get(0).backend()).settings();
    assertThat(ldap.uris()).containsExactly("ldap://ldap1.example.com", "ldap://ldap2.example.com");
    assertThat(ldap.caFile()).isEqualTo(directory.resolve("ca.pem").toString());
    assertThat(ldap.startTls() && ldap.authBind()).isTrue();
    assertThat(ldap.password()).isEqualTo("top secret");
    assertThat(ldap.userAttributes()).isEqualTo("homeDirectory=home, uidNumber=uid");
    assertThat(ldap.iterateFilter()).isEqualTo("(objectClass=posixAccount)");
  }

  @Test
  void certificatesCannotBeLeftUnverified() throws Exception {
    Files.writeString(
        directory.resolve("ldap.conf"),
        "uris = ldaps://x\nbase = dc=x\ntls_require_cert = never\n");
    assertThat(problems("userdb {\n driver = ldap\n args = ldap.conf\n}\n"))
        .containsExactly(
            "ldap.conf:3: tls_require_cert = never: certificates are always verified; expected"
                + " demand");
  }
}
