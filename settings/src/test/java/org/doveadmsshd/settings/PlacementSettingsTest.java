package org.doveadmsshd.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The section placement, and servers that are one. */
class PlacementSettingsTest extends WrittenSettings {
  private static final String SERVERS =
      """
      server mail1 {
        host = mail1.example.org
        user = admin
      }
      server mail2 {
        host = mail2.example.org
        user = admin
        weight = 50
      }
      """;

  private PlacementSettings placement(String text) throws Exception {
    return read(SERVERS + text).client().placement();
  }

  @Test
  void withoutASectionAUserMayBeAnywhere() throws Exception {
    assertThat(placement("")).isEqualTo(new PlacementSettings.Any());
    assertThat(placement("placement {\n driver = hash\n}\n"))
        .isEqualTo(new PlacementSettings.Hash());
    assertThat(read(SERVERS).client().servers().get(1).weight()).isEqualTo(50);
  }

  @Test
  void masksStandInTheOrderInWhichTheyCount() throws Exception {
    Settings settings =
        read(
            SERVERS
                + """
                placement {
                  driver = static
                  masks {
                    zoe@example.org = mail2
                    *@example.org = mail1, mail2
                    * = mail2
                  }
                }
                """);
    assertThat(settings.client().placement())
        .isEqualTo(
            new PlacementSettings.Masks(
                List.of(
                    new PlacementSettings.Mask("zoe@example.org", List.of("mail2")),
                    new PlacementSettings.Mask("*@example.org", List.of("mail1", "mail2")),
                    new PlacementSettings.Mask("*", List.of("mail2")))));
    assertThat(settings.effective()).contains("    zoe@example.org = mail2");
  }

  @Test
  void whatIsWrongWithMasksIsSaidWithItsLine() throws Exception {
    assertThat(
            problems(
                SERVERS
                    + """
                    placement {
                      driver = static
                      masks {
                        * = mial1
                        a =
                        b = mail1
                        b = mail2
                      }
                    }
                    """))
        .containsExactlyInAnyOrder(
            "test.conf:13: * = mial1: there is no server mial1 (did you mean mail1?)",
            "test.conf:14: a =: expected names of servers, such as a = mail1",
            "test.conf:16: b stands here twice");
    assertThat(problems(SERVERS + "placement {\n driver = static\n}\n"))
        .containsExactly("test.conf:10: placement static: set either file or a section masks");
    assertThat(problems(SERVERS + "placement {\n driver = statik\n}\n"))
        .containsExactly(
            "test.conf:11: driver = statik: expected one of: any static hash passdb sql");
    assertThat(problems(SERVERS + "placement {\n}\nplacement {\n}\n"))
        .containsExactly("test.conf:12: placement stands here twice");
  }

  @Test
  void aServerStandsInTheConfigurationOnce() throws Exception {
    String here = "server mail1 {\n host = mail9\n user = a\n}\n";
    assertThat(problems(SERVERS + here))
        .containsExactly("test.conf:10: server mail1 stands here twice");
    String there = here.replace("mail9", "mail1");
    assertThat(problems(SERVERS + there))
        .containsExactly("test.conf:10: server mail1 stands here twice");
  }

  @Test
  void aFileOfUsersMustBeThere() throws Exception {
    assertThat(problems(SERVERS + "placement {\n driver = static\n file = nosuch\n}\n"))
        .containsExactly("test.conf:12: file = nosuch: cannot be read: No such file or directory");
    assertThat(placement("placement {\n driver = static\n file = users\n}\n"))
        .isEqualTo(new PlacementSettings.InFile(directory.resolve("users")));
  }

  @Test
  void passdbsAreThoseOfTheConfiguration() throws Exception {
    String placement = "placement {\n driver = passdb\n}\n";
    assertThat(
            placement(
                placement
                    + "passdb {\n driver = passwd-file\n args = users\n}\n"
                    + "passdb {\n driver = dovecot\n args = /run/dovecot/director-userdb\n}\n"))
        .isEqualTo(
            new PlacementSettings.OfPassdb(
                List.of(
                    new Backend.PasswdFile(directory.resolve("users").toString(), "CRYPT", "%u"),
                    new Backend.Dovecot(Path.of("/run/dovecot/director-userdb"), "", false))));
    assertThat(problems(SERVERS + placement))
        .containsExactly(
            "test.conf:10: placement passdb: there is no passdb section that could be asked");
    assertThat(problems(SERVERS + placement + "passdb {\n driver = pam\n}\n"))
        .containsExactly(
            "test.conf:14: driver = pam: it cannot say where a user is; a placement cannot ask it");
  }

  @Test
  void aQueryStandsInAFileOfItsOwn() throws Exception {
    Files.writeString(
        directory.resolve("placement-sql.conf"),
        """
        driver = pgsql
        connect = host=db dbname=mail user=reader password=blarg
        query = SELECT server, term FROM places WHERE username = '%u'
        """);
    String section = "placement {\n driver = sql\n args = placement-sql.conf\n}\n";
    PlacementSettings.Query query = (PlacementSettings.Query) placement(section);
    assertThat(query.query()).isEqualTo("SELECT server, term FROM places WHERE username = '%u'");
    assertThat(query.database().driver()).isEqualTo("pgsql");
    Files.writeString(
        directory.resolve("placement-sql.conf"), "driver = sqlite\nconnect = x\nqurey = y\n");
    assertThat(problems(SERVERS + section))
        .containsExactlyInAnyOrder(
            "placement-sql.conf:3: unknown setting: qurey (did you mean query?)",
            "placement-sql.conf: placement: query must be set",
            "placement-sql.conf: connect: expected the absolute path of the database");
    assertThat(problems(SERVERS + "placement {\n driver = sql\n}\n"))
        .containsExactly(
            "test.conf:10: placement sql: args must be set, to a file with driver, connect and"
                + " query");
  }

  @Test
  void oneServerUnderTwoNamesIsRefused() throws Exception {
    assertThat(problems(SERVERS + "server other {\n host = MAIL2.example.org\n user = root\n}\n"))
        .containsExactly(
            "test.conf:10: servers mail2 and other are one server under two names:"
                + " MAIL2.example.org:2222");
    assertThat(problems("server a {\n socket = /run/x\n}\nserver b {\n socket = /run/./x\n}\n"))
        .containsExactly("test.conf:4: servers a and b are one server under two names: /run/x");
    assertThat(read(SERVERS + "server c {\n host = mail2.example.org\n port = 1\n user = a\n}\n"))
        .isNotNull();
  }
}
