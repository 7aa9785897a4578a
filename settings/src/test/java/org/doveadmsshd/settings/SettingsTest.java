package org.doveadmsshd.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import org.doveadmsshd.auth.LinkRules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of settings as a whole: their sections, includes and mistakes. */
class SettingsTest extends WrittenSettings {
  @Test
  void metricsAreToldToThisMachineAlone() throws Exception {
    assertThat(read("").metrics()).isEmpty();
    assertThat(read("metrics_listen = 127.0.0.1:9163").metrics())
        .contains(new InetSocketAddress("127.0.0.1", 9163));
    assertThat(read("metrics_listen = localhost:9163").metrics())
        .contains(new InetSocketAddress("127.0.0.1", 9163));
    assertThat(read("metrics_listen = [::1]:9163").metrics())
        .contains(new InetSocketAddress("::1", 9163));
    assertThat(read("metrics_listen = /run/x/metrics").metrics())
        .contains(UnixDomainSocketAddress.of("/run/x/metrics"));
  }

  @Test
  void sectionsThatStandTwiceAreTakenTogetherAndTheLastWordCounts() throws Exception {
    Settings settings =
        read(
            """
            host_key = key
            userdb {
              driver = passwd-file
              args = users
            }
            plugin {
              quota = count:User quota
              quota_rule = *:storage=1G
            }
            service doveadm {
              process_limit = 3
              idle_kill = 5s
            }
            plugin {
              quota_rule = *:storage=2G
            }
            service doveadm {
              process_limit = 7
            }
            """);
    assertThat(settings.mail().quota().quota()).isEqualTo("count:User quota");
    assertThat(settings.mail().quota().rules()).containsExactly("*:storage=2G");
    assertThat(settings.work().processes().limit()).isEqualTo(7);
    assertThat(settings.work().processes().idleKill()).isEqualTo(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @CsvSource({
    "mail_location = maildir:Maildir, maildir:~/Maildir",
    "mail_location = maildir:/srv/%q, unknown variable",
    "mail_location = maildir:~/x:ITERINDEX, option ITERINDEX",
    "mail_location = mdbox:~/mail, only Maildir",
  })
  void aMailLocationThatCannotBeUsedIsAMistake(String line, String why) throws Exception {
    String base = "host_key = key\nuserdb {\n driver = passwd-file\n args = users\n}\n";
    assertThat(problems(base + line + "\n")).anyMatch(problem -> problem.contains(why));
  }

  @Test
  void dovecotsMailLocationsAndQuotaRulesAreTaken() throws Exception {
    String base = "host_key = key\nuserdb {\n driver = passwd-file\n args = users\n}\n";
    Settings settings =
        read(
            base
                + "mail_location = maildir:/var/vmail/%Ld/%Ln:INDEX=/i/%u:VOLATILEDIR=/v/%u\n"
                + "plugin {\n quota = count:q\n quota_rule = *:storage=1G\n"
                + " quota_rule2 = Trash:storage=+25%%\n}\n");
    assertThat(settings.mail().location()).startsWith("maildir:/var/vmail/%Ld/%Ln");
    assertThat(settings.mail().quota().rules()).hasSize(2);
  }

  @Test
  void listsOfAnyLengthAreReadAndQuotationMarksComeInPairs() throws Exception {
    String base = "host_key = key\nuserdb {\n driver = passwd-file\n args = users\n}\n";
    String users = "a@example.org, \"b c\" ".repeat(20_000);
    String master = "master_user admin {\n users = %s\n}\n";
    assertThat(read(base + master.formatted(users)).masters().get("admin").get(0).users())
        .hasSize(40_000)
        .contains("b c");
    assertThat(problems(base + master.formatted("a \"b c")))
        .anyMatch(problem -> problem.contains("quotation mark"));
  }

  @Test
  void includesAreFoundBesideAFileWhoseDirectoryHasAnOddName() throws Exception {
    Path odd = Files.createDirectory(directory.resolve("a b%20c"));
    Files.writeString(odd.resolve("more.conf"), "port = 2299\n");
    Files.writeString(odd.resolve("users"), "");
    Path file =
        Files.writeString(
            odd.resolve("test.conf"),
            "!include more.conf\nhost_key = key\n"
                + "userdb {\n driver = passwd-file\n args = users\n}\n");
    Settings settings = Settings.read(file, List.of("search", "mailbox list", "read"));
    assertThat(settings.ssh().port()).isEqualTo(2299);
  }

  @Test
  void readsDovecotsBlocks() throws Exception {
    Settings settings =
        read(
            """
            # a comment
            port = 2200   # another
            lock_timeout = 5 mins
            host_key = "key with # and space"
            userdb {
              driver = passwd-file
              args = scheme=SSHA256 username_format=%u users
            }
            master_user admin@example.org {
              users = *@example.org, *@example.com
              commands = search "mailbox list"
            }
            server mail1 {
              host = mail1.example.org
              user = admin
              workers = 3
            }
            service doveadm {
              # 1 = default = one user access per process, 0 = unlimited user accesses
              service_count = 1
            }
            """);
    assertThat(settings.ssh().port()).isEqualTo(2200);
    assertThat(settings.mail().lockTimeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.ssh().hostKey()).isEqualTo(directory.resolve("key with # and space"));
    assertThat(settings.auth().userdbs())
        .containsExactly(
            new Backend.UserdbSection(
                "passwd-file",
                new Backend.PasswdFile(directory.resolve("users").toString(), "SSHA256", "%u"),
                LinkRules.USUAL));
    assertThat(settings.masters().get("admin@example.org").get(0).users())
        .containsExactly("*@example.org", "*@example.com");
    assertThat(settings.masters().get("admin@example.org").get(0).commands())
        .containsExactly("search", "mailbox list");
    assertThat(settings.client().servers().get(0).lanes()).isEqualTo(3);
    assertThat(settings.client().servers().get(0).port()).isEqualTo(2222);
  }

  @Test
  void rulesOfAMasterStandInSectionsThatAllowOrDeny() throws Exception {
    List<Settings.RuleSettings> rules =
        read("""
                master_user a {
                  allow {
                    domains = example.org example.com
                    commands = search
                    mailboxes = Trash "Old mail*"
                    from = 192.0.2.0/24 2001:db8::/32
                    until = 2026-12-31T18:00
                  }
                  deny {
                    users = ceo@example.org
                  }
                }
                """)
            .masters()
            .get("a");
    assertThat(rules).hasSize(2);
    assertThat(rules.get(0).users()).containsExactly("*@example.org", "*@example.com");
    assertThat(rules.get(0).mailboxes()).containsExactly("Trash", "Old mail*");
    assertThat(rules.get(0).from().get().matches("192.0.2.9")).isTrue();
    assertThat(rules.get(0).until())
        .contains(
            LocalDateTime.parse("2026-12-31T18:00").atZone(ZoneId.systemDefault()).toInstant());
    assertThat(rules.get(1).allows()).isFalse();
    assertThat(rules.get(1).text()).isEqualTo("deny users=ceo@example.org");
  }

  @Test
  void rulesThatWouldMeanNothingOrEverythingAreMistakes() throws Exception {
    assertThat(problems("master_user a {\n deny {\n users = x\n }\n}\n"))
        .anyMatch(problem -> problem.contains("allow section"));
    assertThat(problems("master_user a {\n allow {\n commands = search\n }\n}\n"))
        .anyMatch(problem -> problem.contains("users or domains"));
    assertThat(problems("master_user a {\n users = *\n deny {\n from = 192.0.2.1\n }\n}\n"))
        .anyMatch(problem -> problem.contains("deny section needs"));
    assertThat(problems("master_user a {\n users = *\n from = example.org\n until = soon\n}\n"))
        .hasSize(2);
    assertThat(problems("master_user a {\n users = *\n permit {\n }\n}\n")).hasSize(1);
  }

  @Test
  void everyMistakeIsReportedWithFileAndLine() throws Exception {
    assertThat(
            problems(
                """
                prot = 22
                port = many
                lock_timeout = 5
                nonsense
                userdb {
                  driver = ldop
                  args = missing-file
                  argz = x
                }
                master_user admin {
                  commands = serch
                }
                sever x {
                }
                service imap {
                }
                server {
                """))
        .containsExactlyInAnyOrder(
            "test.conf:1: unknown setting: prot (did you mean port?)",
            "test.conf:2: port = many: expected a port from 0 to 65535",
            "test.conf:4: expected name = value, section {, or }: nonsense",
            "test.conf:6: driver = ldop: expected one of: passwd-file passwd static sql ldap dovecot",
            "test.conf:8: unknown setting: argz (did you mean args?)",
            "test.conf:10: master_user admin: users or domains must be set",
            "test.conf:11: commands = serch: unknown: serch (did you mean search?)",
            "test.conf:13: unknown section: sever (did you mean server?)",
            "test.conf:15: unknown service: imap (there is only doveadm)",
            "test.conf:17: a section is not closed with }",
            "test.conf:17: a server needs a name: server mail1 {",
            "test.conf:17: server: host must be set",
            "test.conf:17: server: user must be set");
  }

  /** What is wrong with one setting, each said once, where it stands. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '$',
      value = {
        "listen = | 5: listen =: expected addresses, such as 127.0.0.1 ::1",
        "max_connections = 0x1 | 5: max_connections = 0x1: expected a number, such as 8",
        "login_timeout = -5s | 5: login_timeout = -5s: expected a time with its unit, such as 30s, 5"
            + " mins or 1h",
        "auth_cache_size = 5Q | 5: auth_cache_size = 5Q: expected a size, such as 10M",
        "mail_compress = zip | 5: mail_compress = zip: expected one of: no gz bz2 zstd lz4 xz",
        "mail_compress_level = 3 | 5: mail_compress_level = 3: expected none where mail_compress is"
            + " no",
        "mail_compress = zstd~mail_compress_level = 20 | 6: mail_compress_level = 20: expected a"
            + " level of zstd, from 1 to 19",
        "mail_compress = bz2~mail_compress_level = 0 | 6: mail_compress_level = 0: expected a level"
            + " of bz2, from 1 to 9",
        "mail_inflate_limit = 100k | 5: mail_inflate_limit = 100k: expected 1M or more",
        "mail_cache = maybe | 5: mail_cache = maybe: expected yes or no",
        "auth_mechanisms = foo plain | 5: auth_mechanisms = foo plain: unknown: foo",
        "authentication_methods = foo | 5: authentication_methods = foo: expected lists of"
            + " publickey, password and keyboard-interactive, such as publickey,password",
        "certificate_commands = serch | 5: certificate_commands = serch: unknown: serch (did you"
            + " mean search?)",
        "revoked_keys = nosuch | 5: revoked_keys = nosuch: No such file or directory",
        "trusted_user_ca_keys = nosuch | 5: trusted_user_ca_keys = nosuch: No such file or"
            + " directory",
        "!include nosuch | 5: there is no file nosuch",
        "passdb {~} | 5: passdb: driver must be set",
        "passdb {~driver = foo~} | 6: driver = foo: expected one of: passwd-file sql ldap dovecot"
            + " oauth2 pam",
        "passdb {~driver = sql~} | 5: passdb sql: args must be set",
        "passdb {~driver = oauth2~} | 5: passdb oauth2: args must be set",
        "passdb {~driver = passwd-file~} | 5: passdb passwd-file: args must be set",
        "passdb {~driver = passwd-file~args = nosuch~} | 7: args = nosuch: nosuch: No such file or"
            + " directory",
        "passdb {~driver = passwd-file~args = foo=bar users~} | 7: args = foo=bar users: expected"
            + " [scheme=…] [username_format=…] /path, not: foo=bar",
        "userdb {~driver = static~} | 5: userdb static: args must be set",
        "userdb {~driver = static~args = uid=1 home=%q~} | 7: args = uid=1 home=%q: unknown"
            + " variable %q (there are: %u %n %d %s %c %r %{login_user})",
        "service doveadm {~process_limit = 0~} | 6: process_limit = 0: expected 1 or more",
        "master_user {~users = *~} | 5: a master_user needs a name: master_user admin {",
      })
  void aMistakeIsSaidOnceAndWhereItStands(String lines, String problem) throws Exception {
    String base = "userdb {\n driver = passwd-file\n args = users\n}\n";
    assertThat(problems(base + lines.replace('~', '\n') + "\n"))
        .containsExactly("test.conf:" + problem);
  }

  @Test
  void includesAreReadWithTheirOwnLineNumbers() throws Exception {
    Files.createDirectory(directory.resolve("conf.d"));
    Files.writeString(directory.resolve("conf.d/10.conf"), "port = 1\n");
    Files.writeString(directory.resolve("conf.d/20.conf"), "\nport = x\n");
    assertThat(problems("!include conf.d/*.conf\n!include_try nosuch\n"))
        .containsExactly("conf.d/20.conf:2: port = x: expected a port from 0 to 65535");
    assertThat(problems("!include nosuch.conf\n").get(0))
        .startsWith("test.conf:1: there is no file");
    Files.writeString(directory.resolve("loop.conf"), "!include loop.conf\n");
    assertThat(problems("!include loop.conf\n").get(0)).contains("too deeply");
  }

  @ParameterizedTest
  @CsvSource({"'${sys:user.home}'", "'${env:HOME}'", "'${file:UTF-8:/etc/hostname}'", "'$x'"})
  void nothingIsInterpolated(String text) throws Exception {
    Settings settings = read("authorized_keys = " + text + "\n");
    assertThat(settings.keys().authorized()).endsWith(Path.of(text).getFileName().toString());
  }

  @Test
  void theFileThatShipsHasNoMistakes() throws Exception {
    String shipped = Files.readString(Path.of("../etc/doveadm-sshd.conf"));
    read(
        shipped
            .replace("/etc/doveadm-sshd/users", "users")
            .replace("/etc/doveadm-sshd/masters", "users"));
    read(Files.readString(Path.of("../etc/doveadm-ssh.conf")));
  }

  @ParameterizedTest
  @EnumSource(Settings.IsolationKind.class)
  void everyIsolationIsNamedByItsWord(Settings.IsolationKind kind) throws Exception {
    Settings settings = read("service doveadm {\n  isolation = %s\n}\n".formatted(kind.word()));
    assertThat(settings.work().isolation().kind()).isEqualTo(kind);
  }
}
