package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that change mail, through the stock ssh client. */
class MailCommandsTest {
  private static final String USER = "user0002@example.org";
  private static final String OTHER = "user0001@example.com";
  private static final String MAIL = "Subject: saved\r\nMessage-ID: <s@x>\r\n\r\nbody\r\n";

  @TempDir Path directory;
  private TestSite site;

  @BeforeEach
  void start() throws Exception {
    site = new TestSite(directory, 4);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private TestSite.Result ok(String line) throws Exception {
    return ok(line, "");
  }

  private TestSite.Result ok(String line, String input) throws Exception {
    TestSite.Result result = site.as("admin", line.replace("USER", USER), input);
    assertThat(result.code()).as(line + ": " + result.error()).isZero();
    return result;
  }

  private long messages(String user, String mailbox) throws Exception {
    String line = "mailbox status -u " + user + " messages " + mailbox;
    return Long.parseLong(ok(line).out().strip().replaceAll(".*=", ""));
  }

  @Test
  void aSavedMailIsStoredWithLfAndEveryUserGetsOne() throws Exception {
    long before = messages(USER, "INBOX");
    ok("save -A -m INBOX", MAIL);
    assertThat(messages(USER, "INBOX")).isEqualTo(before + 1);
    assertThat(ok("search -A header message-id '<s@x>'").lines()).hasSize(4);
    String fields = "'size.physical size.virtual text'";
    TestSite.Result saved = ok("-f tab -h fetch -u USER " + fields + " header message-id '<s@x>'");
    assertThat(saved.out()).startsWith("%d\t%d\t".formatted(MAIL.length() - 4, MAIL.length()));
  }

  @Test
  void aSavedMailGetsWhatItIsTold() throws Exception {
    ok("save -u USER -m Sent -g my-guid -U 5000 -r 2020-02-29", MAIL);
    String fields = "'uid guid date.received'";
    assertThat(ok("-f tab -h fetch -u USER " + fields + " mailbox Sent guid my-guid").out())
        .isEqualTo("5000\tmy-guid\t2020-02-29 00:00:00\n");
  }

  @Test
  void flagsAreAddedRemovedAndReplaced() throws Exception {
    ok("flags add -u USER '\\flagged $Later' mailbox INBOX all");
    assertThat(ok("search -u USER mailbox INBOX flagged keyword '$later'").lines())
        .hasSize((int) messages(USER, "INBOX"));
    ok("flags remove -u USER '$Later' mailbox INBOX 1");
    assertThat(ok("search -u USER mailbox INBOX unkeyword '$Later'").lines()).hasSize(1);
    ok("flags replace -u USER '\\Seen' mailbox INBOX all");
    assertThat(ok("-f flow fetch -u USER flags mailbox INBOX 1:3").lines())
        .allMatch(line -> line.matches("flags=\\\\Seen( \\\\Recent)?"));
  }

  @Test
  void copiesKeepIdentityDateAndFlagsAlsoFromAnotherUser() throws Exception {
    String fields = "'guid date.received size.virtual hdr.subject'";
    String query = " mailbox INBOX 1:4";
    String source = ok("-f tab fetch -u " + OTHER + " " + fields + query).out();
    ok("mailbox create -u USER -s Copies");
    ok("copy -u USER Copies user " + OTHER + query);
    assertThat(ok("-f tab fetch -u USER " + fields + " mailbox Copies all").out())
        .isEqualTo(source);
    ok("copy -u USER Copies mailbox Copies all");
    assertThat(messages(USER, "Copies")).isEqualTo(8);
    ok("deduplicate -u USER mailbox Copies all");
    assertThat(ok("-f tab fetch -u USER " + fields + " mailbox Copies all").out())
        .isEqualTo(source);
  }

  @Test
  void theNextUidIsThatBehindNewMails() throws Exception {
    ok("mailbox create -u USER Fresh");
    ok("save -u USER -m Fresh", MAIL);
    ok("save -u USER -m Fresh", MAIL);
    assertThat(ok("mailbox status -u USER messages Fresh").out()).isEqualTo("Fresh messages=2\n");
    assertThat(ok("mailbox status -u USER uidnext Fresh").out()).isEqualTo("Fresh uidnext=3\n");
    assertThat(ok("mailbox status -u USER 'messages uidnext' Fresh").out())
        .isEqualTo("Fresh messages=2 uidnext=3\n");
  }

  @Test
  void movedMailsAreGoneFromWhereTheyWere() throws Exception {
    long inbox = messages(USER, "INBOX");
    long trash = messages(USER, "Trash");
    String before = ok("-f tab -h fetch -u USER 'guid text' mailbox Trash 1").out();
    ok("move -u USER INBOX mailbox Trash 1");
    assertThat(messages(USER, "Trash")).isEqualTo(trash - 1);
    assertThat(messages(USER, "INBOX")).isEqualTo(inbox + 1);
    String guid = before.substring(0, before.indexOf('\t'));
    assertThat(ok("-f tab -h fetch -u USER 'guid text' mailbox INBOX guid " + guid).out())
        .isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "expunge -A --dry-run, mailbox Trash all",
    "move -A --dry-run INBOX, mailbox Trash all",
    "copy -A --dry-run INBOX, mailbox Trash all",
    "flags add -A --dry-run \\Flagged, mailbox Trash all",
    "deduplicate -A -m --dry-run, mailbox Trash all",
  })
  void aDryRunCountsAndChangesNothing(String command, String query) throws Exception {
    List<String> before = files();
    TestSite.Result result = ok(command + " " + query);
    assertThat(files()).isEqualTo(before);
    if (!command.startsWith("dedup")) {
      assertThat(result.lines()).hasSize(4);
      assertThat(result.out()).contains(USER + " Trash mails=" + messages(USER, "Trash"));
    }
  }

  /** All mails by path, without what merely looking makes. */
  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("homes"))) {
      return files.map(Path::toString).filter(path -> path.contains("/cur/")).sorted().toList();
    }
  }

  @Test
  void mailboxesAreMadeRenamedSubscribedAndRemoved() throws Exception {
    ok("mailbox create -u USER -s A 'A.B' 'A.Grün'");
    ok("mailbox rename -u USER -s A X.Y");
    assertThat(ok("mailbox list -u USER 'X*'").lines())
        .containsExactlyInAnyOrder("X", "X.Y", "X.Y.B", "X.Y.Grün");
    assertThat(ok("mailbox list -u USER -s 'X*'").lines()).hasSize(3);
    ok("expunge -u USER -d mailbox X.Y.B all");
    assertThat(ok("mailbox list -u USER 'X.Y.B*'").lines()).isEmpty();
    ok("mailbox delete -u USER -r -s X.Y");
    assertThat(ok("mailbox list -u USER -s 'X*'").lines()).isEmpty();
    assertThat(ok("mailbox mutf7 'Grün'").out()).isEqualTo("Gr&APw-n\n");
    assertThat(ok("mailbox path -u USER -t mailbox Sent").out()).endsWith("/Maildir/.Sent\n");
  }

  @Test
  void importMakesMailboxes() throws Exception {
    ok("import -u USER -U " + OTHER + " 'maildir:~/Maildir' Old mailbox Trash all");
    assertThat(messages(USER, "Old.Trash")).isEqualTo(messages(OTHER, "Trash"));
  }

  @Test
  void whoMayNotSeeAnotherUserGetsNothingOfHis() throws Exception {
    Path conf = directory.resolve("sshd.conf");
    String all = Files.readString(conf).replace(" \"mailbox list\" who", " copy import batch");
    Files.writeString(conf, all);
    ok("reload");
    for (String line :
        List.of(
            "copy -u USER INBOX user " + OTHER + " mailbox INBOX all",
            "import -u USER -U " + OTHER + " 'maildir:~/Maildir' '' all",
            "import -u USER maildir:" + site.maildir(OTHER) + " '' all",
            "batch -u USER : expunge mailbox INBOX all")) {
      TestSite.Result refused = site.as("admin@example.org", line.replace("USER", USER));
      assertThat(refused.code()).as(line + refused.error()).isEqualTo(77);
    }
    TestSite.Result out =
        site.as("admin@example.org", "import -u " + USER + " 'maildir:~/../x' '' all");
    assertThat(out.code()).isEqualTo(64);
  }

  @Test
  void overQuotaIsRefusedBeforeAnythingComes() throws Exception {
    Path conf = directory.resolve("sshd.conf");
    Files.writeString(
        conf,
        Files.readString(conf)
            + "plugin {\n  quota = maildir:User quota\n  quota_rule = *:messages=1\n}\n");
    ok("reload");
    long before = messages(USER, "INBOX");
    TestSite.Result refused = site.as("admin", "save -u " + USER, MAIL);
    assertThat(refused.code()).isEqualTo(73);
    assertThat(refused.error()).contains("Quota exceeded");
    assertThat(messages(USER, "INBOX")).isEqualTo(before);
    assertThat(ok("-f tab quota get -u USER").lines().get(2)).startsWith("User quota\tMESSAGE\t");
    assertThat(site.maildir(USER).resolve("maildirsize")).exists();
    ok("expunge -u USER mailbox Trash 1");
    assertThat(Files.readString(site.maildir(USER).resolve("maildirsize"))).contains(" -1\n");
  }

  @Test
  void thePlanIsExplainedAndABatchDoesOneAfterTheOther() throws Exception {
    assertThat(ok("search -u USER --explain mailbox INBOX body foo seen text bar").lines())
        .containsSubsequence("  list the mails", "    file name: SEEN", "    body: BODY foo");
    ok("batch -u USER : flags add '\\Deleted' mailbox Trash 1 : expunge mailbox Trash deleted");
    assertThat(site.doveadm("batch -u " + USER + " : user x").code()).isEqualTo(64);
  }

  @Test
  void aMultiplexingClientGetsEveryExitCode() throws Exception {
    List<String> words = site.ssh("admin", "-o", "ControlPath=" + directory.resolve("mux"));
    List<String> master =
        site.ssh("admin", "-o", "ControlPath=" + directory.resolve("mux"), "-MNf");
    site.exec(new byte[0], master.toArray(String[]::new));
    try {
      words.add("doveadm search -u nobody@example.org all");
      for (int i = 0; i < 50; i++) {
        assertThat(site.exec(new byte[0], words.toArray(String[]::new)).code()).isEqualTo(67);
      }
    } finally {
      List<String> exit =
          site.ssh("admin", "-o", "ControlPath=" + directory.resolve("mux"), "-O", "exit");
      site.exec(new byte[0], exit.toArray(String[]::new));
    }
  }

  @Test
  void saveWithoutAMailAndALostClientSaveNothing() throws Exception {
    long before = messages(USER, "INBOX");
    assertThat(site.doveadm("save -u " + USER).code()).isEqualTo(64);
    List<String> words = site.ssh("admin");
    words.add("doveadm save -u " + USER);
    Process client = new ProcessBuilder(words).start();
    client.getOutputStream().write(MAIL.getBytes());
    client.getOutputStream().flush();
    while (!ok("who").out().contains("save")) {
      Thread.onSpinWait();
    }
    client.destroyForcibly().waitFor();
    while (ok("who").out().contains("save")) {
      Thread.onSpinWait();
    }
    assertThat(messages(USER, "INBOX")).isEqualTo(before);
  }

  @Test
  void theBrainElsewhereSendsTheMailOverItsLanes() throws Exception {
    Path file = directory.resolve("mail");
    Files.writeString(file, MAIL + "x".repeat(700_000) + "\n");
    TestSite.Result result = site.doveadmSsh("save", "-A", file.toString());
    assertThat(result.code()).as(result.error()).isZero();
    assertThat(ok("search -A larger 500k header message-id '<s@x>'").lines()).hasSize(4);
    assertThat(site.doveadmSsh("save", "-u", USER, "/nope").code()).isEqualTo(75);
  }
}
