package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What makes no sense gets one clear line and the right exit code, and changes nothing. */
class BadInputTest {
  private static final String USER = "user0002@example.org";
  private static final String MAIL = "Subject: x\n\nbody\n";

  @TempDir static Path directory;
  private static TestSite site;

  @BeforeAll
  static void start() throws Exception {
    site = new TestSite(directory, 4);
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  /** All mails by path. */
  private static List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("homes"))) {
      return files.map(Path::toString).filter(path -> path.contains("/cur/")).sorted().toList();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "64, save -u USER a b",
    "64, save -u USER /etc/passwd",
    "68, save -u USER -m Nope",
    "64, save -u USER -g 'a/b'",
    "68, copy -u USER Nope mailbox INBOX all",
    "68, move -u USER Nope mailbox INBOX all",
    "64, move -u USER Trash mailbox INBOX",
    "75, flags add -u USER '\\Bogus' mailbox INBOX all",
    "65, flags add -u USER 'a(b' mailbox INBOX all",
    "68, flags add -u USER x mailbox Nope all",
    "67, copy -u USER INBOX user nobody@example.org all",
    "64, mailbox create -u USER a..b",
    "64, mailbox create -u USER a/b",
    "64, mailbox create -u USER ../x",
    "65, mailbox create -u USER Sent",
    "65, mailbox delete -u USER INBOX",
    "65, mailbox delete -u USER -e Trash",
    "68, mailbox delete -u USER Nope",
    "64, mailbox delete -u USER ''",
    "65, mailbox rename -u USER Sent Trash",
    "68, mailbox rename -u USER Nope Other",
    "65, mailbox rename -u USER INBOX Other",
    "64, mailbox update -u USER --mailbox-guid xyz INBOX",
    "64, mailbox metadata set -u USER INBOX comment x",
    "65, mailbox metadata get -u USER INBOX /private/comment",
    "75, sync -u USER maildir:~/x",
    "68, quota get -u USER",
    "68, kick nobody",
    "75, pw -p x -s NOPE",
    "75, search -u USER mimepart nope x",
    "75, search -u USER inthread orderedsubject all",
    "75, fetch -u USER hdr.subject.other all",
    "65, mailbox mutf7 -7 '&bad'",
    "77, auth test admin wrong",
  })
  void badInputGetsItsExitCodeAndOneLine(int code, String line) throws Exception {
    List<String> before = files();
    TestSite.Result result = site.as("admin", line.replace("USER", USER), MAIL);
    assertThat(result.code()).as(result.error()).isEqualTo(code);
    assertThat(result.error().lines()).as(result.error()).hasSize(1);
    assertThat(files()).isEqualTo(before);
  }
}
