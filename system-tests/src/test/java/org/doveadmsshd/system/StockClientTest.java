package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.doveadmsshd.posix.Host;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.Message;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server as an administrator meets it, through the ssh client of OpenSSH. */
@Timeout(120)
class StockClientTest {
  private static final int USERS = 40;
  private static final String USER = "user0002@example.org";

  @TempDir static Path directory;
  private static TestSite site;

  @BeforeAll
  static void start() throws Exception {
    site = new TestSite(directory, USERS);
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  private static long mails(String folder) throws Exception {
    long count = 0;
    for (int i = 1; i <= USERS; i++) {
      String user = "user%04d@%s".formatted(i, i % 2 == 0 ? "example.org" : "example.com");
      try (Stream<Path> files = Files.walk(site.maildir(user).resolve(folder), 2)) {
        count += files.filter(f -> f.getFileName().toString().contains(",S=")).count();
      }
    }
    return count;
  }

  @Test
  void theMainJobExpungesOldTrashOfEverybodyAndNothingElse() throws Exception {
    long inbox = mails("cur") + mails("new");
    long before = mails(".Trash");
    TestSite.Result old = site.doveadm("-f ndjson search -A mailbox Trash savedbefore 30d");
    TestSite.Result result = site.doveadm("expunge -A mailbox Trash savedbefore 30d");
    assertThat(result.code()).isZero();
    assertThat(result.out()).isEmpty();
    long expunged = old.lines().size();
    assertThat(expunged).isPositive().isLessThan(before);
    assertThat(result.error()).contains("40 users, %,d expunged".formatted(expunged));
    assertThat(mails(".Trash")).isEqualTo(before - expunged);
    assertThat(mails("cur") + mails("new")).isEqualTo(inbox);
    TestSite.Result again = site.doveadm("expunge -A mailbox Trash savedbefore 30d");
    assertThat(again.code()).isZero();
    assertThat(mails(".Trash")).isEqualTo(before - expunged);
  }

  @Test
  void everyFormatterTellsTheSameRows() throws Exception {
    String line = " fetch -u " + USER + " 'uid flags' mailbox INBOX all";
    int rows = site.doveadm("-f ndjson" + line).lines().size();
    assertThat(rows).isPositive();
    assertThat(site.doveadm("-f flow" + line).lines()).hasSize(rows);
    assertThat(site.doveadm("-f tab" + line).lines()).hasSize(rows + 1);
    assertThat(site.doveadm("-h -f tab" + line).lines()).hasSize(rows);
    assertThat(site.doveadm("-f table" + line).lines()).hasSize(rows + 1);
    assertThat(site.doveadm("-f pager" + line).lines()).hasSize(3 * rows - 1);
    assertThat(site.doveadm("-f json" + line).out().split("\"uid\"", -1)).hasSize(rows + 1);
    assertThat(site.doveadm("-f ndjson" + line).lines().get(0))
        .startsWith("{\"user\":\"" + USER + "\",\"mailbox\":\"INBOX\",\"uid\":1,");
  }

  @Test
  void usersAreChosenByNameMaskAllAndStandardInput() throws Exception {
    String query = " mailbox INBOX 1";
    assertThat(site.doveadm("search -u " + USER + query).lines()).hasSize(1);
    assertThat(site.doveadm("search -u 'USER000?@example.org'" + query).lines()).hasSize(4);
    assertThat(site.doveadm("search -A" + query).lines()).hasSize(USERS);
    TestSite.Result listed =
        site.as("admin", "search -F -" + query, "user0003@example.com\n" + USER + "\n");
    assertThat(listed.lines()).hasSize(2);
    assertThat(listed.lines().get(0)).startsWith("user0003@example.com ");
  }

  @Test
  void aMasterSeesExactlyTheUsersOfHisScope() throws Exception {
    String master = "admin@example.org";
    assertThat(site.as(master, "user '*'").lines())
        .hasSize(USERS / 2)
        .allMatch(user -> user.endsWith("@example.org"));
    assertThat(site.as(master, "search -A mailbox INBOX 1").lines())
        .hasSize(USERS / 2)
        .allMatch(row -> row.contains("@example.org "));
    for (String line :
        List.of(
            "search -u user0001@example.com all",
            "search -u nobody@example.com all",
            "user user0001@example.com",
            "expunge -u " + USER + " mailbox Trash all",
            "mailbox status -u " + USER + " messages INBOX")) {
      TestSite.Result result = site.as(master, line);
      assertThat(result.code()).as(line).isEqualTo(77);
      assertThat(result.error()).contains("scope");
      assertThat(result.out()).isEmpty();
    }
    assertThat(site.as(master, "search -F - mailbox INBOX 1", "user0001@example.com\n").code())
        .isEqualTo(77);
  }

  @Test
  void aKeyThatIsNotAuthorizedAndAWrongPasswordLetNobodyIn() throws Exception {
    List<String> words = site.ssh("stranger");
    words.set(words.indexOf("-l") + 1, "admin");
    words.add("doveadm who");
    assertThat(site.exec(new byte[0], words.toArray(String[]::new)).code()).isEqualTo(255);
    assertThat(site.as("stranger", "who").code()).isEqualTo(255);
    assertThat(site.withPassword("wrong").code()).isEqualTo(255);
    assertThat(site.withPassword("secret").code()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nosuch | 64 | Unknown command",
        "mailbox nosuch | 64 | Unknown command: mailbox nosuch",
        "search -x | 64 | unknown option -x",
        "search -A | 64 | search query",
        "-f xml search -A all | 75 | Unknown formatter: xml",
        "search -A nosuchkey | 75 | Unknown search key: nosuchkey",
        "search -A before someday | 75 | Invalid date: someday",
        "search -A larger abc | 75 | Invalid size: abc",
        "search -A '(' all | 75 | Missing ')'",
        "search -A all ')' | 75 | Unexpected ')'",
        "search -A seen flagged or deleted | 75 | parenthesis",
        "expunge -A all | 64 | must name a mailbox",
        "expunge -A mailbox Trash | 64 | must name a mailbox",
        "fetch -A nosuch all | 75 | Unknown fetch field: nosuch",
        "fetch -A uid | 64 | <search query>",
        "search -u nobody@example.org all | 67 | User doesn't exist",
        "search -u 'nobody*' all | 67 | No user matches",
        "search -F /etc/passwd all | 64 | opens no files",
        "search -u user0002@example.org mailbox Nope all | 68 | Mailbox doesn't exist: Nope",
        "search -u user0002@example.org mailbox INBOX/Sub all | 68 | (names have no '/'; levels have '.'",
        "mailbox status -u user0002@example.org messages INBOX/Sub | 68 | (names have no '/'",
        "copy -u user0002@example.org INBOX/Sub mailbox INBOX | 68 | (names have no '/'",
        "mailbox status -u user0002@example.org messages Nope | 68 | Mailbox doesn't exist",
        "mailbox status -u user0002@example.org nosuch INBOX | 64 | Unknown status field",
        "-o plugin/x=y search -A all | 64 | can't be changed",
        "help nosuch | 64 | Unknown command",
        "search -A 'unclosed | 64 | not closed",
      })
  void badInputIsAnsweredInOneLineAndChangesNothing(String line, int code, String text)
      throws Exception {
    long before = mails(".Trash");
    TestSite.Result result = site.doveadm(line);
    assertThat(result.code()).isEqualTo(code);
    assertThat(result.out()).isEmpty();
    assertThat(result.error()).contains(text).doesNotContain("Exception").doesNotContain("\tat ");
    assertThat(result.error().lines().filter(l -> !l.startsWith("search: "))).hasSize(1);
    assertThat(mails(".Trash")).isEqualTo(before);
  }

  @Test
  void onlyDoveadmCanBeRunAndLinesWithoutACommandAreAScript() throws Exception {
    List<String> words = site.ssh("admin");
    byte[] lines = "help\n".getBytes(StandardCharsets.UTF_8);
    TestSite.Result script = site.exec(lines, words.toArray(String[]::new));
    assertThat(script.out()).contains("usage: doveadm");
    words.add("cat /etc/passwd");
    TestSite.Result other = site.exec(new byte[0], words.toArray(String[]::new));
    assertThat(other.code()).isEqualTo(127);
    assertThat(other.error()).contains("Only doveadm commands");
  }

  @Test
  void neitherForwardingNorEnvironmentNorSftpIsHad() throws Exception {
    List<String> words = site.ssh("admin", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:9");
    words.add("doveadm who");
    assertThat(site.exec(new byte[0], words.toArray(String[]::new)).code()).isEqualTo(255);
    words = site.ssh("admin", "-W", "127.0.0.1:22");
    assertThat(site.exec(new byte[0], words.toArray(String[]::new)).code()).isEqualTo(255);
    words = site.ssh("admin", "-s");
    words.add("sftp");
    assertThat(site.exec(new byte[0], words.toArray(String[]::new)).code()).isNotZero();
  }

  @Test
  void aTerminalGetsLinesThatEndInCarriageReturns() throws Exception {
    List<String> words = site.ssh("admin", "-tt");
    words.add("doveadm user '*'");
    TestSite.Result result = site.exec(new byte[0], words.toArray(String[]::new));
    assertThat(result.code()).isZero();
    assertThat(result.out()).startsWith("user0001@example.com\r\nuser0002@example.org\r\n");
  }

  @Test
  void aMailThatIsDamagedOrOddHarmsNobody() throws Exception {
    String user = "user0004@example.org";
    Path cur = site.maildir(user).resolve("cur");
    Path secret = Files.writeString(directory.resolve("secret"), "Subject: secret\n\n");
    Files.createSymbolicLink(cur.resolve("1.link:2,S"), secret);
    Files.writeString(cur.resolve("2.empty:2,S"), "");
    Files.writeString(cur.resolve("3.long:2,S"), "Subject: " + "x".repeat(10_000_000) + "\n\nbody");
    TestSite.Result result = site.doveadm("-f ndjson fetch -u " + user + " 'uid text' all");
    assertThat(result.code()).isEqualTo(75);
    assertThat(result.error()).contains(user).contains("2.empty").contains("is empty");
    assertThat(result.out()).doesNotContain("secret").contains("\"text\":null");
    assertThat(result.out().length()).isGreaterThan(13_000_000);
    assertThat(site.doveadm("search -u " + user + " text secret").lines()).isEmpty();
  }

  @Test
  void aMailboxThatCannotBeReadFailsForItsUserOnly() throws Exception {
    String user = "user0006@example.org";
    Path list = site.maildir(user).resolve(".Trash/dovecot-uidlist");
    Files.writeString(list, "garbage\n");
    TestSite.Result result = site.doveadm("search -A mailbox Trash all");
    assertThat(result.code()).isEqualTo(75);
    assertThat(result.error())
        .contains("doveadm(" + user + "): Error: Mailbox Trash: dovecot-uidlist");
    assertThat(result.error()).contains("40 users").contains("1 failed");
    assertThat(Files.readString(list)).isEqualTo("garbage\n");
    Files.delete(list);
    Files.writeString(site.maildir(user).resolve(".File"), "");
    assertThat(site.doveadm("search -u " + user + " mailbox File all").error())
        .contains("where a directory should be");
  }

  @Test
  void aLockedMailboxIsGivenUpAfterItsTime() throws Exception {
    String user = "user0008@example.org";
    Path lock = site.maildir(user).resolve("dovecot-uidlist.lock");
    Files.writeString(site.maildir(user).resolve("new/9999.fresh"), "Subject: new\n\n");
    Files.writeString(lock, "1:" + Host.name());
    TestSite.Result result = site.doveadm("search -u " + user + " mailbox INBOX all");
    assertThat(result.code()).isEqualTo(75);
    assertThat(result.error()).contains("locked by 1:" + Host.name());
    Files.delete(lock);
    assertThat(site.doveadm("search -u " + user + " mailbox INBOX all").code()).isZero();
  }

  @Test
  void aClientThatIsKilledLeavesTheServerServing() throws Exception {
    List<String> words = site.ssh("admin");
    words.add("doveadm fetch -A text all");
    Process client =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    InputStream out = client.getInputStream();
    assertThat(out.read()).isPositive();
    client.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    assertThat(site.doveadm("search -u " + USER + " mailbox INBOX 1").code()).isZero();
  }

  @Test
  void whoShowsTheRunThatAsks() throws Exception {
    TestSite.Result result = site.doveadm("-f tab who");
    assertThat(result.lines().get(0))
        .isEqualTo("id\tkind\tmaster\taddress\tseconds\tdone\tfailed\tcommand\tusers");
    assertThat(result.out()).contains("\trun\tadmin\t127.0.0.1\t");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n\r\n",
        "\0\0\0\0",
        "\0\0\0\5\177\0\0\0\0",
        "\0\0\0\5\13\0\0\0\0"
      })
  void garbageOnTheSubsystemIsAnsweredWithOneErrorAndTheEnd(String garbage) throws Exception {
    List<String> words = site.ssh("admin", "-s");
    words.add("doveadm");
    TestSite.Result result =
        site.exec(garbage.getBytes(StandardCharsets.ISO_8859_1), words.toArray(String[]::new));
    List<Message> messages = new ArrayList<>();
    byte[] bytes = result.out().getBytes(StandardCharsets.UTF_8);
    FrameDecoder decoder = new FrameDecoder();
    decoder.feed(bytes, 0, bytes.length, messages::add);
    assertThat(messages).hasSize(2);
    assertThat(((Message.Hello) messages.get(0)).master()).contains("admin");
    assertThat(messages.get(1)).isInstanceOf(Message.Fault.class);
  }

  @Test
  void tooManyChannelsAreRefusedAndTheConnectionLivesOn() throws Exception {
    Path socket = directory.resolve("mux");
    List<String> master = site.ssh("admin", "-M", "-N", "-S", socket.toString());
    Process first = new ProcessBuilder(master).start();
    try {
      while (!Files.exists(socket)) {
        assertThat(first.isAlive()).isTrue();
        Thread.onSpinWait();
      }
      List<Process> waiting = new ArrayList<>();
      for (int i = 0; i < 25; i++) {
        // without a way to a connection of its own
        List<String> words = site.ssh("admin", "-S", socket.toString(), "-o", "ProxyCommand=false");
        words.add("doveadm search -F - all");
        waiting.add(new ProcessBuilder(words).start()); // waits for names
      }
      while (waiting.stream().allMatch(Process::isAlive)) {
        Thread.onSpinWait(); // until one has been refused
      }
      long refused = 0;
      for (Process process : waiting) {
        process.getOutputStream().close();
        process.waitFor();
        refused += process.exitValue() == 255 ? 1 : 0;
      }
      assertThat(refused).isPositive().isLessThan(waiting.size());
      List<String> words = site.ssh("admin", "-S", socket.toString(), "-o", "ProxyCommand=false");
      words.add("doveadm search -u " + USER + " mailbox INBOX 1");
      TestSite.Result result = site.exec(new byte[0], words.toArray(String[]::new));
      for (int i = 0; i < 50 && result.code() == 255; i++) {
        result =
            site.exec(new byte[0], words.toArray(String[]::new)); // until the others are closed
      }
      assertThat(result.code()).isZero();
    } finally {
      first.destroy();
    }
  }

  @Test
  void strangersCannotTakeAllConnections() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 30; i++) {
        sockets.add(new Socket("127.0.0.1", site.daemon.port()));
      }
      int open = 0;
      for (Socket socket : sockets) {
        socket.setSoTimeout(5000);
        byte[] banner = socket.getInputStream().readNBytes(4);
        open += new String(banner, StandardCharsets.US_ASCII).equals("SSH-") ? 1 : 0;
      }
      assertThat(open).isBetween(1, 16);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    TestSite.Result result = site.doveadm("who");
    for (int i = 0; i < 50 && result.code() == 255; i++) {
      result = site.doveadm("who"); // until the server has noticed that they are gone
    }
    assertThat(result.code()).isZero();
  }

  @Test
  void aShellTakesLinesFromAClientWithoutATerminalOfItsOwn() throws Exception {
    List<String> words = site.ssh("admin", "-tt");
    TestSite.Result shell =
        site.exec(
            "use user0002@example.org\nmailbox list\nuser nobody@example.org\n"
                .getBytes(StandardCharsets.UTF_8),
            words.toArray(String[]::new));
    assertThat(shell.out()).contains("user0002@example.org> ", "Trash\r\n");
    assertThat(shell.code()).as("that of the last command").isEqualTo(67);
  }
}
