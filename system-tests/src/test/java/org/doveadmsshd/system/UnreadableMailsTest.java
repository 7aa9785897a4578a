package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.doveadmsshd.posix.SystemCalls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A mail that cannot be read fails by itself: it is named, and the mails beside it are done. */
class UnreadableMailsTest {
  private static final String USER = "user0001@example.com";
  private static final String OTHER = "user0002@example.org";
  private static final int EIO = 5;
  private static final int EACCES = 13;
  private static final int ESTALE = 116;
  private static final String BAD = "1700000002.M2P1.h";

  @TempDir static Path directory;
  private static TestSite site;
  private Path box;

  @BeforeAll
  static void start() throws Exception {
    site = new TestSite(directory, 2);
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  @BeforeEach
  void threeMails() throws Exception {
    box = mailbox(USER);
    mailbox(OTHER);
    mail("1700000001.M1P1.h:2,", text("one"));
    mail(BAD + ":2,S", text("two"));
    mail("1700000003.M3P1.h:2,", text("three"));
  }

  private static Path mailbox(String user) throws Exception {
    Path box = site.maildir(user).resolve(".Odd");
    if (Files.exists(box)) {
      assertThat(site.exec(new byte[0], "rm", "-r", box.toString()).code()).isZero();
    }
    for (String part : List.of("cur", "new", "tmp")) {
      Files.createDirectories(box.resolve(part));
    }
    return box;
  }

  private void mail(String name, byte[] content) throws IOException {
    Files.write(box.resolve("cur").resolve(name), content);
  }

  private static byte[] text(String subject) {
    String header = "From: a@example.org\nDate: Mon, 23 Nov 2026 10:20:30 +0100\nSubject: ";
    return (header + subject + "\n\n" + "the body\n".repeat(40_000))
        .getBytes(StandardCharsets.UTF_8);
  }

  @AfterEach
  void heal() {
    SystemCalls.observeReads(null);
  }

  private static void breakDisk(String brokenCall, int errno, int after) {
    int[] left = {after};
    SystemCalls.observeReads(
        (call, name) ->
            call.equals(brokenCall) && name.contains(BAD) && left[0]-- <= 0 ? errno : 0);
  }

  private static TestSite.Result run(String line) throws Exception {
    return site.doveadm(line.replace("USER", USER));
  }

  private static void failsForOneMail(TestSite.Result result) {
    assertThat(result.code()).as(result.error()).isEqualTo(75);
    assertThat(result.error()).contains("Mailbox Odd").contains(BAD);
    assertThat(result.error().lines()).as(result.error()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"open, 13", "open, 5", "read, 5", "read, 116"})
  void everyCommandThatReadsGoesOnWithTheNextMail(String call, int errno) throws Exception {
    breakDisk(call, errno, 0);
    TestSite.Result found = run("search -u USER mailbox Odd subject e");
    failsForOneMail(found);
    assertThat(found.lines()).hasSize(2);
    found = run("search -u USER mailbox Odd body body");
    failsForOneMail(found);
    assertThat(found.lines()).hasSize(2);
    found = run("search -u USER mailbox Odd inthread refs subject three");
    failsForOneMail(found);
    assertThat(found.lines()).hasSize(1);
    TestSite.Result fetched = run("-f tab fetch -u USER 'uid hdr.subject' mailbox Odd all");
    failsForOneMail(fetched);
    assertThat(fetched.lines()).containsExactly("uid\thdr.subject", "1\tone", "2\t", "3\tthree");
    fetched = run("-f json fetch -u USER 'uid hdr.subject' mailbox Odd all");
    assertThat(fetched.out()).contains("null", "three");
    TestSite.Result size = run("-f tab mailbox status -u USER 'messages vsize' Odd");
    failsForOneMail(size);
    assertThat(size.lines().get(1)).isEqualTo("Odd\t3\t" + (virtual("one") + virtual("three")));
    assertThat(run("expunge -u USER mailbox Odd subject e").code()).isEqualTo(75);
    assertThat(names("Odd")).containsExactly(BAD + ":2,S");
  }

  private static long virtual(String subject) {
    String text = new String(text(subject), StandardCharsets.UTF_8);
    return text.length() + text.chars().filter(c -> c == '\n').count();
  }

  private List<String> names(String mailbox) throws IOException {
    Path cur = box.resolveSibling("." + mailbox).resolve("cur");
    try (Stream<Path> files = Files.list(cur)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {EIO, ESTALE})
  void aMailThatBreaksOffIsARowThatEndsAndTheNextRowIsWhole(int errno) throws Exception {
    breakDisk("read", errno, 2);
    TestSite.Result fetched = run("-f json fetch -u USER 'uid text' mailbox Odd all");
    failsForOneMail(fetched);
    assertThat(fetched.out()).contains("Subject: one", "\"uid\":\"2\"", "Subject: three");
    assertThat(fetched.out().strip()).endsWith("]");
    assertThat(fetched.out().length()).isLessThan(3 * text("one").length);
  }

  @Test
  void anotherUsersMailIsReadWhenOneUsersDiskIsBroken() throws Exception {
    breakDisk("read", EIO, 0);
    Files.write(site.maildir(OTHER).resolve(".Odd/cur/1.a:2,"), text("other"));
    TestSite.Result result = run("fetch -A text mailbox Odd all");
    assertThat(result.code()).isEqualTo(75);
    assertThat(result.out()).contains("Subject: one", "Subject: three", "Subject: other");
    assertThat(result.error()).contains("doveadm(" + USER + "): Error", "1 failed");
  }

  @Test
  void copyAndMoveTakeTheMailsThatCanBeRead() throws Exception {
    Path target = box.resolveSibling(".Copied");
    assertThat(run("mailbox create -u USER Copied").code()).isZero();
    for (Path file : List.of(box.resolve("cur").resolve(BAD + ":2,S"))) {
      Files.setPosixFilePermissions(
          file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    }
    breakDisk("stat", EIO, 0);
    failsForOneMail(run("copy -u USER Copied mailbox Odd all"));
    failsForOneMail(run("move -u USER Copied mailbox Odd all"));
    assertThat(names("Odd")).containsExactly(BAD + ":2,S");
    try (Stream<Path> files = Files.list(target.resolve("new"))) {
      assertThat(files).hasSize(4);
    }
    try (Stream<Path> files = Files.list(target.resolve("tmp"))) {
      assertThat(files).isEmpty();
    }
    assertThat(run("mailbox delete -u USER -Z Copied").code()).isZero();
  }

  /** What other programs make of a mail. */
  private static byte[] encoded(String kind) throws IOException {
    byte[] mail = text("two");
    switch (kind) {
      case "gz":
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gz = new GZIPOutputStream(out)) {
          gz.write(mail);
        }
        return Arrays.copyOf(out.toByteArray(), 20);
      case "empty":
        return new byte[0];
      case "nul":
        return new byte[5000];
      case "noise":
        return "\u0001\u0002 nothing that is a mail".repeat(30).getBytes(StandardCharsets.UTF_8);
      default:
        String hex = kind;
        byte[] bytes = new byte[3000];
        for (int i = 0; i < hex.length() / 2; i++) {
          bytes[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
        }
        return bytes;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gz",
        "425a68393141592653",
        "fd377a585a00",
        "28b52ffd04",
        "446f7665636f742d4c5a340d2a9bc5",
        "435259505445440307",
        "empty",
        "nul",
        "noise"
      })
  void whatCannotBeReadAsAMailIsNeverAnAnswer(String kind) throws Exception {
    Files.delete(box.resolve("cur").resolve(BAD + ":2,S"));
    mail(BAD + ",S=99,W=105:2,S", encoded(kind));
    for (String query : List.of("not from boss sentbefore 2000-01-01", "not body x")) {
      TestSite.Result found = run("search -u USER mailbox Odd uid 2 " + query);
      failsForOneMail(found);
      assertThat(found.out()).isEmpty();
      failsForOneMail(run("expunge -u USER mailbox Odd uid 2 " + query));
    }
    TestSite.Result fetched = run("-f tab fetch -u USER 'uid hdr.subject text' mailbox Odd uid 2");
    failsForOneMail(fetched);
    assertThat(fetched.lines().get(1)).isEqualTo("2\t\t");
    assertThat(names("Odd")).hasSize(3);
    TestSite.Result byName = run("-f tab fetch -u USER 'uid flags size.virtual' mailbox Odd uid 2");
    assertThat(byName.code()).isZero();
    assertThat(byName.lines().get(1)).isEqualTo("2\t\\Seen\t105");
    assertThat(run("mailbox create -u USER Bytes").code()).isZero();
    assertThat(run("copy -u USER Bytes mailbox Odd uid 2").code()).as("bytes are bytes").isZero();
    assertThat(run("mailbox delete -u USER -Z Bytes").code()).isZero();
  }

  @Test
  void aMailWithAWrongSizeInItsNameAndAHeaderIsRead() throws Exception {
    mail("1700000004.M4P1.h,S=12,W=13:2,", text("four"));
    assertThat(run("search -u USER mailbox Odd subject four").lines()).hasSize(1);
  }

  @Test
  void aMailWithoutAUsableDateIsNotRemovedForItsDate() throws Exception {
    mail("1700000004.M4P1.h:2,", "Subject: no date\n\nx\n".getBytes(StandardCharsets.UTF_8));
    mail("1700000005.M5P1.h:2,", "Date: soon\n\nx\n".getBytes(StandardCharsets.UTF_8));
    for (String query :
        List.of(
            "sentbefore 2000-01-01",
            "not sentsince 2000-01-01",
            "not not sentbefore 2000-01-01",
            "senton 1970-01-01",
            "( sentbefore 2000-01-01 or subject nothing )")) {
      TestSite.Result result = run("expunge -u USER mailbox Odd " + query);
      assertThat(result.code()).as(query + result.error()).isZero();
      run("move -u USER Trash mailbox Odd " + query);
      assertThat(names("Odd")).as(query).hasSize(5);
    }
    String query = "search -u USER mailbox Odd sentbefore 2000-01-01";
    assertThat(run(query).lines()).as("who only looks sees them as Dovecot does").hasSize(2);
    assertThat(run("expunge -u USER mailbox Odd ( sentbefore 2000-01-01 or seen )").code())
        .isZero();
    assertThat(names("Odd")).hasSize(4);
  }

  @Test
  void aMailboxThatIsALinkIsAWarningAndNoFailure() throws Exception {
    Path link = site.maildir(USER).resolve(".Linked");
    Files.createSymbolicLink(link, box);
    TestSite.Result result = run("search -u USER mailbox * subject one");
    Files.delete(link);
    assertThat(result.code()).as(result.error()).isZero();
    assertThat(result.lines()).hasSize(1);
    assertThat(result.error()).contains("Warning", "symbolic link", "Linked");
  }

  @Test
  void deniedIsWhatTheSystemSays() throws Exception {
    breakDisk("open", EACCES, 0);
    assertThat(run("search -u USER mailbox Odd body x").error()).contains("Permission denied");
  }
}
