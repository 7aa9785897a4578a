package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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

/**
 * The same mails, compressed by a real doveadm with its zlib plugin and by ours, and asked by both.
 * Skipped where no Dovecot with that plugin is installed.
 */
@Timeout(300)
class CompressedBesideDovecotTest {
  private static final String USER = "user0001@example.com";
  private static final List<String> METHODS = List.of("gz", "zstd", "bz2", "lz4");
  private static final int MAILS = 9;

  @TempDir static Path directory;
  private static TestSite site;

  @BeforeAll
  static void start() throws Exception {
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "doveadm")));
    Path plugin = Path.of("/usr/lib/dovecot/modules/lib20_zlib_plugin.so");
    assumeTrue(installed && Files.exists(plugin), "no doveadm with zlib on this machine");
    site = new TestSite(directory, 1, "plugin {\n  quota = count:User quota\n}\n");
    Path home = site.maildir(USER).getParent();
    if (isRoot()) {
      site.exec(new byte[0], "chmod", "755", directory.toString());
    }
    for (String method : METHODS) {
      configure(method);
      giveAway(home);
      saveAll("Theirs." + method, home);
      Files.writeString(
          directory.resolve("sshd.conf"),
          Files.readString(directory.resolve("sshd.conf")).replaceAll("mail_compress = .*\n", "")
              + "mail_compress = "
              + method
              + "\n");
      assertThat(site.doveadm("reload").code()).isZero();
      ours("mailbox create Ours." + method);
      for (Path mail : mails(home)) {
        String saving = "save -u " + USER + " -m Ours." + method;
        TestSite.Result saved = site.as("admin", saving, Files.readString(mail));
        assertThat(saved.code()).as(saved.error()).isZero();
      }
    }
    giveAway(home);
    real("search all"); // Dovecot gives the UIDs
  }

  @AfterAll
  static void stop() {
    if (site != null) {
      site.close();
    }
  }

  /** Those of the sample that are text, and one that is larger than any window of a test. */
  private static List<Path> mails(Path home) throws Exception {
    Path own = directory.resolve("mails");
    if (!Files.exists(own)) {
      Files.createDirectory(own);
      List<Path> chosen;
      try (Stream<Path> files = Files.list(home.resolve("Maildir/cur"))) {
        chosen = files.sorted().limit(MAILS - 1).toList();
      }
      for (Path file : chosen) {
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
          Files.write(own.resolve(Integer.toString(Files.list(own).toList().size())), bytes);
        }
      }
      StringBuilder large = new StringBuilder("Subject: a large one\n\n");
      for (int i = 0; i < 60_000; i++) {
        large.append("line ").append(i * 7919 % 60_013).append(" of it\n");
      }
      Files.writeString(own.resolve("large"), large.append("the end\n"));
    }
    try (Stream<Path> files = Files.list(own)) {
      return files.sorted().toList();
    }
  }

  /** Dovecot refuses to touch mail as root. */
  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static void giveAway(Path home) throws Exception {
    if (isRoot()) {
      site.exec(new byte[0], "chown", "-R", "nobody:nogroup", home.toString());
    }
  }

  private static void configure(String method) throws Exception {
    Path log = directory.resolve("dovecot.log");
    Files.writeString(
        directory.resolve("dovecot.conf"),
        """
        base_dir = %1$s/run
        log_path = %2$s
        ssl = no
        mail_location = maildir:~/Maildir
        first_valid_uid = 0
        mail_plugins = quota zlib
        plugin {
          quota = count:User quota
          quota_vsizes = yes
          zlib_save = %3$s
        }
        """
            .formatted(directory, log, method));
    if (!Files.exists(log)) {
      Files.createFile(log);
      site.exec(new byte[0], "chmod", "666", log.toString());
    }
  }

  private static void saveAll(String mailbox, Path home) throws Exception {
    assertThat(real("mailbox create " + mailbox).error()).isEmpty();
    for (Path mail : mails(home)) {
      assertThat(real("save -m " + mailbox + " < " + mail).error()).isEmpty();
    }
  }

  private static TestSite.Result real(String line) throws Exception {
    List<String> words = new ArrayList<>();
    if (isRoot()) {
      words.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    }
    words.addAll(List.of("env", "USER=" + USER, "HOME=" + site.maildir(USER).getParent()));
    words.addAll(List.of("sh", "-c"));
    words.add("doveadm -c " + directory.resolve("dovecot.conf") + " " + line);
    return site.exec(new byte[0], words.toArray(String[]::new));
  }

  private static TestSite.Result ours(String line) throws Exception {
    List<String> words = new ArrayList<>(List.of(line.split(" ")));
    int at = words.indexOf("-f") == 0 ? 2 : 0;
    int length = List.of("mailbox", "quota").contains(words.get(at)) ? 2 : 1;
    words.addAll(at + length, List.of("-u", USER));
    return site.doveadm(String.join(" ", words));
  }

  private static void assertSame(String line) throws Exception {
    TestSite.Result expected = real(line);
    TestSite.Result actual = ours(line);
    assertThat(actual.out().lines().sorted()).isEqualTo(expected.out().lines().sorted().toList());
    assertThat(actual.code()).as(actual.error() + expected.error()).isEqualTo(expected.code());
    assertThat(actual.out()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "search mailbox 'Theirs*' all",
        "search mailbox 'Ours*' subject large",
        "search mailbox 'Theirs*' body 'the end'",
        "search mailbox '*' text example",
        "search mailbox '*' larger 100k",
        "search mailbox 'Theirs*' not smaller 2000",
        "search mailbox '*' mimepart '(' type text subtype html ')'",
        "-f tab fetch 'mailbox uid size.physical size.virtual hdr.subject' all",
        "-f tab fetch 'mailbox uid date.sent hdr.from imap.bodystructure' mailbox 'Ours*'",
        "-f tab fetch 'mailbox uid imap.envelope body.snippet' mailbox 'Theirs*' all",
        "fetch 'mailbox uid text' mailbox Theirs.zstd all",
        "fetch 'mailbox uid text' mailbox Theirs.gz all",
        "fetch 'mailbox uid text' mailbox Ours.lz4 all",
        "fetch 'mailbox uid hdr body' mailbox Ours.zstd all",
        "fetch 'uid body.1 body.1.mime body.2' mailbox Ours.bz2 all",
        "mailbox status 'messages unseen uidnext vsize guid' '*'",
        "-f tab quota get",
      })
  void weAnswerAsDovecotDoes(String line) throws Exception {
    assertSame(line);
  }

  private static List<String> sizesOfNames(String mailbox) throws Exception {
    List<String> sizes = new ArrayList<>();
    for (String part : List.of("cur", "new")) {
      try (Stream<Path> files = Files.list(site.maildir(USER).resolve(mailbox).resolve(part))) {
        files.forEach(
            file -> sizes.add(file.getFileName().toString().replaceAll("^[^,]*,|:.*", "")));
      }
    }
    sizes.sort(null);
    return sizes;
  }

  @Test
  void namesSayTheSameSizesAsThoseThatDovecotGives() throws Exception {
    for (String method : METHODS) {
      assertThat(sizesOfNames(".Ours." + method)).isEqualTo(sizesOfNames(".Theirs." + method));
    }
  }

  /** What a program that compresses old mails leaves, when it does not keep the size. */
  @Test
  void sizesThatNoNameSaysAreThoseOfDovecot() throws Exception {
    Path box = site.maildir(USER).resolve(".Nameless");
    assertThat(real("mailbox create Nameless").error()).isEmpty();
    int number = 0;
    for (String method : METHODS) {
      for (String whose : List.of(".Ours.", ".Theirs.")) {
        for (String part : List.of("cur", "new")) {
          Path from = site.maildir(USER).resolve(whose + method).resolve(part);
          try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.sorted().toList()) {
              Files.copy(file, box.resolve("cur/17000000%02d.x.h:2,S".formatted(number++)));
            }
          }
        }
      }
    }
    giveAway(box);
    TestSite.Result mine = ours("-f tab fetch 'size.physical size.virtual' mailbox Nameless all");
    TestSite.Result theirs = real("-f tab fetch 'size.physical size.virtual' mailbox Nameless all");
    assertThat(mine.out()).isEqualTo(theirs.out());
    assertThat(new TreeSet<>(mine.lines())).hasSizeGreaterThan(3);
    assertSame("mailbox status 'messages vsize' Nameless");
  }

  @Test
  void dovecotReadsWhatWeHaveCopiedAndMoved() throws Exception {
    assertThat(ours("mailbox create Elsewhere").code()).isZero();
    assertThat(ours("copy Elsewhere mailbox Theirs.gz all").code()).isZero();
    assertThat(ours("copy Elsewhere mailbox Ours.zstd all").code()).isZero();
    giveAway(site.maildir(USER));
    assertSame("-f tab fetch 'uid size.physical size.virtual hdr.subject' mailbox Elsewhere all");
    assertThat(real("fetch text mailbox Elsewhere all").error()).isEmpty();
    assertThat(ours("expunge mailbox Elsewhere body 'the end'").code()).isZero();
    assertSame("search mailbox Elsewhere all");
  }
}
