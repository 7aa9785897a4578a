package org.doveadmsshd.setup.dovecot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoveconfParserTest {
  private static final String HEADER = "# 2.3.19.1 (9b53102964): /etc/dovecot/dovecot.conf\n";

  private static Failure refused(String text) {
    Failure[] refused = new Failure[1];
    assertThatThrownBy(() -> DoveconfParser.parse(text, "printed"))
        .isInstanceOfSatisfying(Failure.class, e -> refused[0] = e);
    assertThat(refused[0].outcome().exitCode()).isEqualTo(65);
    return refused[0];
  }

  @Test
  void settingsAndSectionsAreRead() throws Failure {
    Doveconf read =
        DoveconfParser.parse(
            HEADER
                + """
                mail_plugins = " quota zlib"
                key = # hidden, use -P to show it
                namespace inbox {
                  mailbox "Sent Items" {
                    special_use = \\Sent
                  }
                  separator = /
                }
                query = SELECT a \\
                  FROM b # c
                hash = "a # b"
                """,
            "printed");
    assertThat(read.version()).isEqualTo("2.3.19.1");
    assertThat(read.file()).isEqualTo("/etc/dovecot/dovecot.conf");
    assertThat(read.isNewer()).isFalse();
    assertThat(read.root().text("mail_plugins")).isEqualTo(" quota zlib");
    assertThat(read.root().find("key")).isEmpty();
    assertThat(read.root().text("query")).isEqualTo("SELECT a FROM b");
    assertThat(read.root().text("hash")).isEqualTo("a # b");
    Block mailbox = read.root().all("namespace").get(0).all("mailbox").get(0);
    assertThat(mailbox.name()).isEqualTo("Sent Items");
    assertThat(mailbox.text("special_use")).isEqualTo("\\Sent");
  }

  @Test
  void theVersionMayBeASetting() throws Failure {
    assertThat(DoveconfParser.parse("dovecot_config_version = 2.4.1\n", "printed").isNewer())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2.17", "2.2.36", "2.5.0", "3.0"})
  void otherVersionsAreRefusedByName(String version) {
    assertThat(refused("# " + version + ": /etc/dovecot/dovecot.conf\n"))
        .hasMessageContaining(version);
  }

  @Test
  void whatNoDoveconfHasPrintedIsRefused() {
    assertThat(refused("mail_location = maildir:~/Maildir\n")).hasMessageContaining("no version");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "}",
        "a {",
        "!include /etc/shadow",
        "= x",
        "nonsense",
        "a = \u001b[31mred",
        "a = b\u0000",
        "!include_try x"
      })
  void whatCannotBeMeantIsRefusedWithItsLine(String line) {
    assertThat(refused(HEADER + line + "\n")).hasMessageMatching("printed:[23]: .*");
  }

  @Test
  void sizesAreBounded() {
    refused(HEADER + "a {\n".repeat(20) + "}\n".repeat(20));
    refused(HEADER + "a = " + "x".repeat(100_000) + "\n");
    refused(HEADER + "a = x\\\n".repeat(50_000));
    refused(HEADER + "\n".repeat(100_001));
    refused("x".repeat(DoveconfParser.MOST + 1));
  }

  @Test
  void whateverIsReadItIsReadOrRefused() {
    Random random = new Random(20);
    List<String> pieces =
        List.of(
            "a",
            " = ",
            "{",
            "}",
            "\n",
            "\"",
            "\\",
            "#",
            "!include",
            " ",
            "# 2.3.1: /x",
            "%{",
            "\t",
            "é");
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(HEADER);
      for (int j = random.nextInt(30); j > 0; j--) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      try {
        assertThat(DoveconfParser.parse(text.toString(), "printed").root()).isNotNull();
      } catch (Failure e) {
        assertThat(e.outcome().exitCode()).isEqualTo(65);
      }
    }
  }
}
