package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same mail, asked by a real doveadm and by ours. Skipped where no Dovecot is installed. */
@Timeout(180)
class BesideDovecotTest {
  @TempDir static Path directory;
  private static TestSite site;

  @BeforeAll
  static void start() throws Exception {
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "doveadm")));
    assumeTrue(installed, "no doveadm on this machine");
    site = new TestSite(directory, 3);
    Files.writeString(
        directory.resolve("dovecot.conf"),
        """
        base_dir = %1$s/run
        log_path = %1$s/dovecot.log
        ssl = no
        mail_location = maildir:~/Maildir
        first_valid_uid = 0
        """
            .formatted(directory));
    if (isRoot()) {
      giveAway();
    }
    for (int i = 1; i <= 3; i++) {
      real(user(i), "search all"); // Dovecot gives the UIDs
    }
  }

  @AfterAll
  static void stop() {
    if (site != null) {
      site.close();
    }
  }

  /**
   * Dovecot refuses to touch mail as root. Then the mail belongs to the user nobody, and doveadm
   * runs as that user.
   */
  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static void giveAway() throws Exception {
    site.exec(new byte[0], "chown", "-R", "nobody:nogroup", directory.resolve("homes").toString());
    site.exec(new byte[0], "chmod", "755", directory.toString());
    Files.createFile(directory.resolve("dovecot.log"));
    site.exec(new byte[0], "chmod", "666", directory.resolve("dovecot.log").toString());
  }

  private static String user(int number) {
    return "user%04d@%s".formatted(number, number % 2 == 0 ? "example.org" : "example.com");
  }

  /** Runs the real doveadm as the user himself: without userdb, nothing has to be running. */
  private static TestSite.Result real(String user, String line) throws Exception {
    String command = "doveadm -c " + directory.resolve("dovecot.conf") + " " + line;
    return site.exec(new byte[0], realWords(user, command));
  }

  private static String[] realWords(String user, String command) {
    List<String> words = new ArrayList<>();
    if (isRoot()) {
      words.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    }
    words.addAll(List.of("env", "USER=" + user, "HOME=" + site.maildir(user).getParent()));
    words.addAll(List.of("sh", "-c", command));
    return words.toArray(String[]::new);
  }

  private static TestSite.Result ours(String user, String line) throws Exception {
    List<String> words = new ArrayList<>(List.of(line.split(" ")));
    int at = words.indexOf("-f") == 0 ? 2 : 0;
    int length = words.get(at).equals("mailbox") ? 2 : 1;
    words.addAll(at + length, List.of("-u", user));
    return site.doveadm(String.join(" ", words));
  }

  private static List<String> sorted(String text) {
    return text.lines().sorted().toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "search all",
        "search mailbox INBOX seen",
        "search mailbox Trash unseen",
        "search mailbox INBOX not answered since @30",
        "search mailbox '*' '(' flagged or answered ')'",
        "search mailbox INBOX subject invoice",
        "search mailbox INBOX subject 'Grüße aus'",
        "search mailbox INBOX subject café",
        "search from müller",
        "search from 'john.doe@'",
        "search from '\"Doe, John\"'",
        "search to example.org",
        "search header message-id @example.org",
        "search body quota",
        "search body GRÜßE",
        "search body привет",
        "search body 会議",
        "search text 'content-type: text/html'",
        "search text nothing-has-this",
        "search larger 5k",
        "search smaller 2000",
        "search uid 1:3,5",
        "search mailbox INBOX 1:2,*",
        "search sentbefore @20",
        "search mailbox Nope all",
        "search mailbox 'Nope*' all",
        "-f tab fetch 'uid size.physical size.virtual date.received' all",
        "-f json fetch 'uid guid hdr.subject hdr.from date.sent.unixtime' mailbox INBOX all",
        "fetch 'mailbox uid text' mailbox INBOX all",
        "fetch 'uid hdr body' mailbox Trash all",
        "-f flow fetch 'mailbox-guid seq uid' all",
        "fetch 'uid imap.envelope' mailbox INBOX all",
        "fetch 'uid imap.body imap.bodystructure' mailbox INBOX all",
        "fetch 'uid body.1 body.1.mime body.2 body.header' mailbox INBOX all",
        "fetch 'uid body.text body.header.fields(subject,to) body.1.1' mailbox Trash all",
        "fetch 'uid binary.1 binary.2' mailbox Sent all",
        "fetch 'uid hdr.from.address hdr.to.address hdr.from.address_name.utf8' all",
        "fetch 'uid hdr.subject.utf8 body.snippet' mailbox INBOX all",
        "fetch 'uid storageid refcount pop3.uidl pop3.order' mailbox INBOX all",
        "search inthread refs subject re",
        "search inthread references subject meeting",
        "search mimepart '(' type text subtype html ')'",
        "search mimepart '(' encoding base64 ')'",
        "search mimepart '(' depth min 1 size larger 300 ')'",
        "search savedatesupported seen",
        "search fuzzy subject invoice",
        "search oldestonly mailbox INBOX all",
        "search x-mailbox Tr% all",
        "mailbox path INBOX",
        "mailbox path -t control Trash",
        "mailbox list",
        "mailbox list 'Tr*' INBOX Nope",
        "mailbox list INBOX Nope",
        "mailbox list Nope",
        "search from '\"Doe, John\" <'",
        "search from 'Doe, John <'",
        "search from 'Jürgen Müller <'",
        "mailbox list '%'",
        "mailbox status 'messages unseen uidnext uidvalidity guid vsize' '*'",
        "mailbox status -t 'messages vsize' '*'",
        "mailbox status messages Nope",
      })
  void weAnswerAsDovecotDoes(String template) throws Exception {
    // our server takes another moment for the present, so days ago are said as a unix time
    long day = 86_400;
    long now = System.currentTimeMillis() / 1000;
    String line =
        template.replace("@30", "" + (now - 30 * day)).replace("@20", "" + (now - 20 * day));
    for (int i = 1; i <= 3; i++) {
      TestSite.Result expected = real(user(i), line);
      TestSite.Result actual = ours(user(i), line);
      // mailboxes come in directory order, which is not promised
      assertThat(sorted(actual.out())).as(user(i)).isEqualTo(sorted(expected.out()));
      assertThat(actual.code()).as(actual.error() + expected.error()).isEqualTo(expected.code());
    }
  }

  @Test
  void dovecotSeesWhatWeHaveExpunged() throws Exception {
    String user = user(3);
    assertThat(ours(user, "expunge mailbox Sent all").code()).isZero();
    TestSite.Result left = real(user, "search mailbox Sent all");
    assertThat(left.out()).isEmpty();
    assertThat(left.error()).isEmpty();
  }

  /** The UIDs of all mails of a mailbox by their subjects, as both programs say. */
  private static String uids(String user, String mailbox) throws Exception {
    String line = "-f tab fetch 'uid hdr.message-id' mailbox " + mailbox + " all";
    TestSite.Result dovecots = real(user, line);
    assertThat(dovecots.error()).isEmpty();
    assertThat(sorted(ours(user, line).out())).isEqualTo(sorted(dovecots.out()));
    return dovecots.out();
  }

  private static Path aMail(Path mailbox) throws IOException {
    try (Stream<Path> files = Files.list(mailbox.resolve("cur"))) {
      return files.sorted().skip(1).findFirst().orElseThrow();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileThatComesBackAfterWeHaveExpungedItHasANewUidForBoth(boolean dovecotLooks)
      throws Exception {
    String user = user(2);
    Path mailbox = site.maildir(user);
    String before = uids(user, "INBOX");
    Path file = aMail(mailbox);
    String uid = uidOf(mailbox, file);
    Path backup = Files.copy(file, directory.resolve("backup"));
    assertThat(ours(user, "expunge mailbox INBOX uid " + uid).code()).isZero();
    if (dovecotLooks) {
      real(user, "search mailbox INBOX all");
    }
    Files.move(backup, file);
    if (isRoot()) {
      site.exec(new byte[0], "chown", "nobody:nogroup", file.toString());
    }
    long oursFirst = Long.parseLong(oursOf(user, before));
    assertThat(uids(user, "INBOX").lines()).noneMatch(line -> line.startsWith(uid + "\t"));
    assertThat(uidOf(mailbox, file)).isEqualTo(Long.toString(oursFirst));
  }

  /** The UID of the one mail that we show and that was not there before. */
  private static String oursOf(String user, String before) throws Exception {
    String line = "-f tab fetch 'uid hdr.message-id' mailbox INBOX all";
    List<String> added = new ArrayList<>(ours(user, line).out().lines().toList());
    added.removeAll(before.lines().toList());
    assertThat(added).hasSize(1);
    return added.get(0).split("\t")[0];
  }

  /** What the UID list says. */
  private static String uidOf(Path mailbox, Path file) throws IOException {
    String base = file.getFileName().toString().split(":")[0];
    return Files.readString(mailbox.resolve("dovecot-uidlist"), StandardCharsets.ISO_8859_1)
        .lines()
        .filter(line -> line.endsWith(" :" + base))
        .findFirst()
        .orElseThrow()
        .split(" ")[0];
  }

  @Test
  void whatADamagedListStillTellsBothGoOnBy() throws Exception {
    String user = user(1);
    Path list = site.maildir(user).resolve("dovecot-uidlist");
    String before = uids(user, "INBOX");
    String status = "mailbox status uidvalidity INBOX";
    String validity = ours(user, status).out();
    List<String> lines = new ArrayList<>(Files.readAllLines(list, StandardCharsets.ISO_8859_1));
    lines.set(2, "<<<<<<< HEAD");
    Files.write(list, lines, StandardCharsets.ISO_8859_1);
    assertThat(ours(user, "force-resync INBOX").code()).isZero();
    List<String> after = uids(user, "INBOX").lines().toList();
    assertThat(after).hasSize((int) before.lines().count());
    assertThat(before.lines().filter(line -> !after.contains(line))).hasSize(1);
    assertThat(real(user, status).out()).isEqualTo(validity);
  }

  @Test
  void deliveringAndSearchingAtTheSameTimeGivesEveryMailOneUid() throws Exception {
    String user = user(1);
    Path maildir = site.maildir(user);
    String doveadm = "doveadm -c " + directory.resolve("dovecot.conf");
    String loop =
        "for i in $(seq 40); do printf 'Subject: %s\\n\\nx\\n' $i | "
            + doveadm
            + " save -m INBOX; "
            + doveadm
            + " search mailbox INBOX all >/dev/null; done";
    Process dovecot = new ProcessBuilder(realWords(user, loop)).redirectErrorStream(true).start();
    int rounds = 0;
    while (dovecot.isAlive() || rounds == 0) {
      Path fresh = maildir.resolve("tmp/%d.ours".formatted(rounds));
      Files.writeString(fresh, "Subject: ours\n\nx\n");
      Files.move(fresh, maildir.resolve("new/%d.ours".formatted(rounds++)));
      assertThat(ours(user, "search mailbox INBOX all").code()).isZero();
    }
    String said = new String(dovecot.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said).doesNotContain("Error");
    TestSite.Result theirs = real(user, "search mailbox INBOX all");
    assertThat(ours(user, "search mailbox INBOX all").out()).isEqualTo(theirs.out());
    assertThat(new TreeSet<>(theirs.lines())).hasSize(theirs.lines().size());
    assertThat(uids(maildir)).doesNotHaveDuplicates().isSorted();
    assertThat(
            Files.exists(directory.resolve("dovecot.log"))
                ? Files.readString(directory.resolve("dovecot.log"))
                : "")
        .doesNotContain("Error")
        .doesNotContain("Panic");
  }

  private static List<Long> uids(Path maildir) throws IOException {
    return Files.readAllLines(maildir.resolve("dovecot-uidlist")).stream()
        .skip(1)
        .map(line -> Long.parseLong(line.substring(0, line.indexOf(' '))))
        .toList();
  }
}
