package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the options of an authorized key restrict, through the stock client. */
class KeyOptionsTest {
  @TempDir static Path directory;
  private static TestSite site;
  private static String publicKey;

  @BeforeAll
  static void start() throws Exception {
    site = new TestSite(directory, 4);
    publicKey = Files.readString(directory.resolve("key-admin.pub")).strip();
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  private static void options(String... lines) throws Exception {
    StringBuilder text = new StringBuilder();
    for (String options : lines) {
      text.append((options + " " + publicKey).strip()).append('\n');
    }
    Files.writeString(directory.resolve("authorized/admin"), text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "from=\"127.0.0.1\" | 0",
        "from=\"127.0.0.0/8,!127.0.0.1\" | 255",
        "from=\"192.0.2.0/24\" | 255",
        "expiry-time=\"20200101\" | 255",
        "expiry-time=\"20990101\" | 0",
        "restrict,no-pty | 0",
        "environment=\"X=y\" | 255",
      })
  void aKeyLetsInWhereAndWhenItSays(String options, int code) throws Exception {
    options(options);
    assertThat(site.doveadm("who").code()).isEqualTo(code);
  }

  @Test
  void ofSeveralEntriesOfAKeyTheFirstThatCanBeUsedCounts() throws Exception {
    options("from=\"192.0.2.1\"", "commands=\"who\"", "");
    assertThat(site.doveadm("who").code()).isZero();
    assertThat(site.doveadm("user '*'").code()).isEqualTo(77);
  }

  @Test
  void aKeyForOneCommandCarriesOutThatOne() throws Exception {
    options("command=\"doveadm user 'user0001*'\"");
    TestSite.Result result = site.doveadm("expunge -A mailbox INBOX all");
    assertThat(result.code()).isZero();
    assertThat(result.out()).startsWith("user0001@").hasLineCount(1);
    List<String> words = new ArrayList<>(site.ssh("admin", "-T"));
    assertThat(site.exec(new byte[0], words.toArray(String[]::new)).out())
        .as("without a command, too")
        .startsWith("user0001@");
  }

  @Test
  void aKeyForWhatBeginsSoRefusesTheRest() throws Exception {
    String user = Files.readAllLines(directory.resolve("users")).get(0).split(":")[0];
    options("command=\"doveadm search -u " + user + " *\"");
    assertThat(site.doveadm("search -u " + user + " mailbox INBOX all").code()).isZero();
    for (String other :
        List.of(
            "search -u user0002@example.org all",
            "search -A all",
            "search",
            "expunge -u " + user + " mailbox Trash all")) {
      TestSite.Result result = site.doveadm(other);
      assertThat(result.code()).as(other).isEqualTo(77);
      assertThat(result.error()).contains("This key is for commands that begin with");
      assertThat(result.out()).isEmpty();
    }
  }

  @Test
  void aKeyNarrowsTheScopeAndNeverWidensIt() throws Exception {
    options("scope=\"*@example.org\",commands=\"user, search, expunge\"");
    List<String> all = site.as("admin@example.org", "user '*'").lines();
    assertThat(site.doveadm("user '*'").lines()).isEqualTo(all).isNotEmpty();
    String stranger =
        Files.readAllLines(directory.resolve("users")).stream()
            .map(line -> line.substring(0, line.indexOf(':')))
            .filter(name -> !name.endsWith("@example.org"))
            .findFirst()
            .orElseThrow();
    assertThat(site.doveadm("search -u " + stranger + " all").code()).isEqualTo(77);
    assertThat(site.doveadm("fetch -A uid all").code()).isEqualTo(77);
    Files.writeString(
        directory.resolve("authorized/admin@example.org"),
        "scope=\"*\",commands=\"expunge, user\" "
            + Files.readString(directory.resolve("key-admin@example.org.pub")));
    assertThat(site.as("admin@example.org", "user '*'").lines()).isEqualTo(all);
    assertThat(site.as("admin@example.org", "expunge -A mailbox Trash all").code()).isEqualTo(77);
  }

  @Test
  void whatNeedsNoMailIsInScopeOrRefusedToo() throws Exception {
    options("commands=\"search\"");
    assertThat(site.doveadm("pw -l").code()).isEqualTo(77);
    assertThat(site.doveadm("pw -p secret").code()).isEqualTo(77);
    assertThat(site.doveadm("mailbox mutf7 x").code()).isEqualTo(77);
    assertThat(site.doveadm("help pw").code()).isZero();
    options("commands=\"read\"");
    assertThat(site.doveadm("pw -p secret").code()).isEqualTo(77);
    assertThat(site.doveadm("mailbox mutf7 x").code()).isZero();
    options("");
    assertThat(site.doveadm("pw -p secret -s PLAIN").lines()).containsExactly("{PLAIN}secret");
  }

  @Test
  void aKeyForOneCommandOpensNoLane() throws Exception {
    options("command=\"doveadm who\"");
    TestSite.Result result = site.doveadmSsh("user", "*");
    assertThat(result.code()).isNotZero();
    assertThat(result.out()).isEmpty();
    options("");
    assertThat(site.doveadmSsh("user", "*").code()).isZero();
  }
}
