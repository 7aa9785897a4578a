package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.loader.openssh.OpenSSHKeyPairResourceParser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What becomes of command lines, and what is kept of them. */
@Timeout(120)
class WordsTest {
  private static final String SECRET = "open-sesame";

  @TempDir static Path directory;
  private static TestSite site;
  private static Path audit;
  private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();

  @BeforeAll
  static void start() throws Exception {
    site = new TestSite(directory, 3, "audit_log = audit.log\n");
    audit = directory.resolve("audit.log");
    LOG.start();
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(LOG);
  }

  @AfterAll
  static void stop() {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).detachAppender(LOG);
    site.close();
  }

  private static TestSite.Result line(String line, String... options) throws Exception {
    List<String> words = new ArrayList<>(site.ssh("admin", options));
    words.add(line);
    return site.exec(new byte[0], words.toArray(String[]::new));
  }

  private static String log() {
    StringBuilder text = new StringBuilder();
    List.copyOf(LOG.list).forEach(event -> text.append(event.getFormattedMessage()).append('\n'));
    return text.toString();
  }

  private static List<String> accounted(String... parts) throws Exception {
    return Files.readAllLines(audit).stream()
        .filter(each -> List.of(parts).stream().allMatch(each::contains))
        .toList();
  }

  @Test
  void theLogNamesTheFileForWhichUsersCannotBeListedOrServed() throws Exception {
    Path users = directory.resolve("users");
    Path aside = directory.resolve("users.aside");
    String user = Files.readAllLines(users).get(0).split(":")[0];
    Files.move(users, aside);
    try {
      String said = "The passwd-file of users cannot be read: No such file or directory";
      assertThat(site.doveadm("search -A all").error()).contains("doveadm: Error: " + said);
      assertThat(site.doveadm("search -u " + user + " all").error()).contains(said);
      String behind = said + " (" + users + ": No such file or directory)";
      assertThat(log())
          .contains("the list of users for admin: " + behind)
          .contains("search for " + user + ", asked for by admin: " + behind)
          .doesNotContain("NoSuchFileException");
    } finally {
      Files.move(aside, users);
    }
  }

  @Test
  void noPasswordIsKeptAnywhere() throws Exception {
    for (String words :
        List.of(
            "pw -p " + SECRET + " -s PLAIN",
            "pw -p" + SECRET + " -s NOSUCH",
            "-v pw -p " + SECRET + " -t {PLAIN}x",
            "auth test admin " + SECRET,
            "auth login admin " + SECRET + " more words",
            "auth test admin -" + SECRET,
            "auth tset admin " + SECRET,
            "-p " + SECRET + " pw",
            "-o imapc_password=" + SECRET + " user x",
            "passwd admin " + SECRET,
            "pw -p '" + SECRET,
            "pw -p " + SECRET + "; who")) {
      site.doveadm(words);
      site.doveadmSsh(words.replace("'", "").split(" "));
    }
    line("passwd admin " + SECRET);
    StringBuilder threads = new StringBuilder();
    Thread.getAllStackTraces().keySet().forEach(each -> threads.append(each.getName()));
    assertThat(log()).contains("doveadm pw ****").doesNotContain(SECRET);
    assertThat(Files.readString(audit)).contains("\"pw\",\"****\"").doesNotContain(SECRET);
    assertThat(threads.toString()).doesNotContain(SECRET);
  }

  @Test
  void othersDoNotSeeAPasswordWhileItIsHashed() throws Exception {
    List<String> words = new ArrayList<>(site.ssh("admin"));
    words.add("doveadm pw -s BLF-CRYPT -r 16 -p " + SECRET);
    List<Process> hashing = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) { // one after another: there is time to look
        hashing.add(new ProcessBuilder(words).redirectErrorStream(true).start());
      }
      String seen = "";
      while (!seen.contains("pw ****")) {
        assertThat(hashing).as("seen while they work").anyMatch(Process::isAlive);
        seen = site.doveadm("who").out();
        assertThat(seen).doesNotContain(SECRET);
      }
    } finally {
      for (Process each : hashing) {
        each.destroy();
        each.waitFor();
      }
    }
  }

  @Test
  void whatOnlyAShellCouldDoEndsTheCommand() throws Exception {
    String user = Files.readAllLines(directory.resolve("users")).get(0).split(":")[0];
    String create = "doveadm mailbox create -u " + user + " Piped";
    for (String rest : List.of(" && true", " | cat", "; true", " > list", " # later")) {
      TestSite.Result result = line(create + rest);
      assertThat(result.code()).isEqualTo(64);
      assertThat(result.error()).contains("No shell of the system reads this line");
    }
    assertThat(Files.exists(site.maildir(user).resolve(".Piped"))).isFalse();
    assertThat(accounted("\"event\":\"command\"", "\"exit\":64", "a line that is none"))
        .isNotEmpty();
    assertThat(line("/usr/bin/doveadm user '*'").lines()).hasSize(3);
    assertThat(line("/bin/ls").code()).isEqualTo(127);
    assertThat(accounted("\"/bin/ls\"", "\"exit\":127")).hasSize(1);
  }

  @Test
  void aLineThatAKeyDoesNotAllowIsAccountedFor() throws Exception {
    Path keys = directory.resolve("authorized/admin@example.org");
    String key = Files.readString(directory.resolve("key-admin@example.org.pub"));
    String before = Files.readString(keys);
    Files.writeString(keys, "command=\"/usr/bin/doveadm user *\" " + key);
    try {
      assertThat(site.as("admin@example.org", "search -A all").code()).isEqualTo(77);
      assertThat(
              accounted(
                  "\"event\":\"command\"", "admin@example.org", "[\"search\",", "\"exit\":77"))
          .hasSize(1);
      assertThat(site.as("admin@example.org", "user '*'").code()).isZero();
    } finally {
      Files.writeString(keys, before);
    }
  }

  @Test
  void aListOfUsersIsAccountedForBehindEveryRun() throws Exception {
    assertThat(site.doveadmSsh("search", "user*@*", "all").code()).isNotZero();
    assertThat(site.doveadmSsh("search", "-u", "user*", "all").code()).isZero();
    assertThat(accounted("\"event\":\"list\"", "\"user*\"", "\"users\":3")).isNotEmpty();
  }

  @Test
  void aCommandWhoseClientHasGoneHasATrueExitCode() throws Exception {
    List<String> words = new ArrayList<>(site.ssh("admin"));
    words.add("doveadm save -A");
    Process saving = new ProcessBuilder(words).start();
    while (!site.doveadm("who").out().contains("save -A")) {
      assertThat(saving.isAlive()).isTrue();
    }
    saving.destroyForcibly();
    saving.waitFor();
    while (accounted("\"save\",\"-A\"").isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(accounted("\"save\",\"-A\"").get(0)).contains("\"exit\":75");
    assertThat(log()).doesNotContain("exit -1");
  }

  @Test
  void aCommandThatCannotBeAccountedForEndsSo(@TempDir Path other) throws Exception {
    try (TestSite full = new TestSite(other, 1, "audit_log = audit.log\n")) {
      Path configuration = other.resolve("sshd.conf");
      String before = Files.readString(configuration);
      Files.writeString(
          configuration, before.replaceAll("audit_log = .*", "audit_log = /dev/full"));
      assertThat(full.doveadm("reload").code()).isEqualTo(75);
      TestSite.Result help = full.doveadm("help");
      assertThat(help.code()).isEqualTo(75);
      assertThat(help.error()).contains("cannot account for this command");
    }
  }

  @Test
  void aToolWithATerminalThatNobodyWatchesGetsNoProgress() throws Exception {
    TestSite.Result result = line("doveadm search -A all", "-tt");
    assertThat(result.code()).isZero();
    String all = (result.out() + result.error()).replace("\r\n", "\n");
    assertThat(all).contains("search: 3 users").doesNotContain("\r");
  }

  @Test
  void aLineWithNulIsRefused() throws Exception {
    try (SshClient client = SshClient.setUpDefaultClient()) {
      client.setServerKeyVerifier((session, address, key) -> true);
      client.start();
      try (ClientSession session =
          client.connect("admin", "127.0.0.1", site.port()).verify(20_000).getSession()) {
        Path key = directory.resolve("key-admin");
        OpenSSHKeyPairResourceParser.INSTANCE
            .loadKeyPairs(null, key, null)
            .forEach(session::addPublicKeyIdentity);
        session.auth().verify(20_000);
        var error = new java.io.ByteArrayOutputStream();
        try (ClientChannel channel = session.createExecChannel("dove\0adm help")) {
          channel.setErr(error);
          channel.open().verify(20_000);
          channel.waitFor(List.of(ClientChannelEvent.CLOSED), Duration.ofSeconds(20));
          assertThat(channel.getExitStatus()).isEqualTo(64);
        }
        assertThat(error.toString(StandardCharsets.UTF_8)).contains("NUL");
      }
    }
  }
}
