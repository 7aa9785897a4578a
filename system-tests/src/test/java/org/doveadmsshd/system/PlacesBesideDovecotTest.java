package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A real doveadm and ours work on the same mail by turns, where a location says that it lies
 * otherwise than usual: after each step both see the same mailboxes, identities, mails, flags and
 * subscriptions. Needs root: Dovecot works as the user nobody.
 */
@Timeout(300)
class PlacesBesideDovecotTest {
  private static final String USER = "user0001@example.com";

  /** What is done by turns; a slash stands between levels. */
  private static final List<String> STEPS =
      List.of(
          "mailbox create A/B C",
          "mailbox create A",
          "save -m A/B",
          "save -m INBOX",
          "save -m A",
          "save -m C",
          "flags add '\\Seen $Work' mailbox A/B all",
          "flags add $Other mailbox INBOX all",
          "copy C mailbox A/B all",
          "move A mailbox INBOX all",
          "mailbox subscribe A/B C",
          "mailbox rename A D/E",
          "flags remove $Work mailbox D/E/B all",
          "save -m D/E/B",
          "expunge mailbox C all",
          "mailbox delete D/E",
          "mailbox create F.x/cur F.x",
          "mailbox delete -s C",
          "mailbox delete C",
          "mailbox rename D/E/B Entwürfe",
          "mailbox rename Nope Any",
          "mailbox create Entwürfe",
          "save -m Entwürfe",
          "mailbox delete Entwürfe");

  private static final List<String> QUESTIONS =
      List.of(
          "mailbox list",
          "mailbox list -s",
          "mailbox status 'messages uidnext uidvalidity guid' '*'",
          "fetch 'mailbox uid guid flags hdr.subject' all");

  @TempDir Path directory;
  private TestSite site;
  private List<String> questions = QUESTIONS;
  private int number;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "maildir:~/box:LAYOUT=fs",
        "maildir:~/box:CONTROL=~/control:INDEX=~/index:INBOX=~/in",
        "maildir:~/box:LAYOUT=fs:CONTROL=~/control:INDEX=~/index:DIRNAME=mail",
        "maildir:~/box:LAYOUT=fs:UTF-8:INBOX=~/in:NO-NOSELECT:SUBSCRIPTIONS=subs",
      })
  void bothDoAndSeeTheSame(String location) throws Exception {
    assumeTrue(LiveDovecot.isPossible(), "no Dovecot on this machine, or not root");
    boolean isFs = location.contains("=fs");
    if (!isFs) { // without its list index Dovecot lists no parents there
      questions = QUESTIONS.subList(1, QUESTIONS.size());
    }
    site = new TestSite(directory, 1, "mail_location = " + location + "\n");
    try {
      configure(location);
      for (boolean oursFirst : new boolean[] {true, false}) {
        boolean ours = oursFirst;
        for (String step : STEPS) {
          String line = isFs ? step : step.replace("F.x/cur F.x", "F/x").replace('/', '.');
          TestSite.Result done = ours ? ours(line) : real(line);
          compare(location + ": " + (ours ? "ours: " : "Dovecot: ") + line + " " + done);
          ours = !ours;
        }
        clear(isFs);
      }
    } finally {
      site.close();
    }
  }

  private void configure(String location) throws Exception {
    Files.writeString(
        directory.resolve("dovecot.conf"),
        """
        base_dir = %1$s/run
        log_path = %1$s/dovecot.log
        ssl = no
        mail_location = %2$s
        first_valid_uid = 0
        mailbox_list_index = no
        """
            .formatted(directory, location));
    Files.createFile(directory.resolve("dovecot.log"));
    run("chmod", "755", directory.toString());
    run("chmod", "666", directory.resolve("dovecot.log").toString());
    run("chown", "-R", "nobody:nogroup", directory.resolve("homes").toString());
    real("save -m INBOX"); // Dovecot lists no INBOX that nobody has opened
  }

  /** For the second turn, in which the other one begins. */
  private void clear(boolean isFs) throws Exception {
    String separator = isFs ? "/" : ".";
    for (String name : List.of("F.x/cur", "F.x", "F/x", "D/E/B", "D/E", "D", "C", "Entwürfe")) {
      ours("mailbox delete -s " + name.replace("/", separator));
    }
    compare("cleared");
  }

  private void compare(String when) throws Exception {
    for (String question : questions) {
      TestSite.Result real = real(question);
      TestSite.Result ours = ours(question);
      assertThat(sorted(ours.out()))
          .as("%s: %s %s", when, question, ours.error())
          .isEqualTo(sorted(real.out()));
      assertThat(ours.code()).as("%s: %s %s", when, question, ours.error()).isEqualTo(real.code());
    }
  }

  private static List<String> sorted(String text) {
    return text.lines().map(line -> line.replace(" \\Recent", "")).sorted().toList();
  }

  private byte[] mail() {
    return "Subject: mail %d\n\ntext\n".formatted(++number).getBytes(StandardCharsets.US_ASCII);
  }

  private TestSite.Result real(String line) throws Exception {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    words.addAll(List.of("env", "USER=" + USER, "HOME=" + site.maildir(USER).getParent()));
    words.addAll(
        List.of("sh", "-c", "doveadm -c " + directory.resolve("dovecot.conf") + " " + line));
    return site.exec(mail(), words.toArray(String[]::new));
  }

  private TestSite.Result ours(String line) throws Exception {
    List<String> words = new ArrayList<>(List.of(line.split(" ")));
    words.addAll(words.get(0).equals("mailbox") ? 2 : 1, List.of("-u", USER));
    return site.as("admin", String.join(" ", words), new String(mail(), StandardCharsets.US_ASCII));
  }

  private static void run(String... words) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(words).inheritIO().start().waitFor()).isZero();
  }
}
