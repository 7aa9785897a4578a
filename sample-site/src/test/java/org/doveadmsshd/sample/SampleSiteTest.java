package org.doveadmsshd.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site as other tests and people who try things find it. */
class SampleSiteTest {
  private static final int USERS = 6;
  private static final Pattern NAME =
      Pattern.compile("(\\d+)\\.M\\d+P\\d+\\.sample,S=(\\d+),W=(\\d+)(:2,[RFS]+)?");

  @TempDir static Path directory;
  private static Instant present;

  @BeforeAll
  static void write() throws Exception {
    present = SampleSite.write(directory, USERS);
  }

  private static List<Path> files(Path below) throws IOException {
    try (Stream<Path> files = Files.walk(below)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static Path home(int user) throws IOException {
    return Path.of(Files.readAllLines(directory.resolve("users")).get(user - 1).split(":")[5]);
  }

  @Test
  void everyUserHasALineInThePasswdFileAndAHome() throws Exception {
    List<String> lines = Files.readAllLines(directory.resolve("users"));
    assertThat(lines).hasSize(USERS);
    assertThat(lines.get(0)).startsWith("user0001@example.com:::::" + directory);
    assertThat(lines.get(1)).startsWith("user0002@example.org:::::" + directory);
    for (int user = 1; user <= USERS; user++) {
      for (String folder : List.of("", ".Trash", ".Sent")) {
        for (String sub : List.of("cur", "new", "tmp")) {
          assertThat(home(user).resolve("Maildir").resolve(folder).resolve(sub)).isDirectory();
        }
      }
      Path archive = home(user).resolve("Maildir/.Archive.2025");
      assertThat(Files.exists(archive)).isEqualTo(user % 3 == 0);
    }
  }

  @Test
  void theNameOfEachMailTellsItsSizesAndItsTime() throws Exception {
    List<Path> mails = files(directory.resolve("homes"));
    assertThat(mails).hasSizeGreaterThan(USERS * 10);
    for (Path mail : mails) {
      Matcher name = NAME.matcher(mail.getFileName().toString());
      assertThat(name.matches()).as(mail.toString()).isTrue();
      byte[] content = Files.readAllBytes(mail);
      String text = new String(content, StandardCharsets.UTF_8);
      long lines = text.chars().filter(c -> c == '\n').count();
      assertThat(name.group(2)).isEqualTo("" + content.length);
      assertThat(name.group(3)).isEqualTo("" + (content.length + lines));
      FileTime received = FileTime.from(Instant.ofEpochSecond(Long.parseLong(name.group(1))));
      assertThat(Files.getLastModifiedTime(mail).toInstant())
          .isBetween(received.toInstant(), received.toInstant().plusSeconds(1));
      boolean seen = mail.getParent().endsWith("cur");
      assertThat(name.group(4) != null && name.group(4).endsWith("S")).isEqualTo(seen);
      assertThat(text).contains("\n\n").contains("Subject: ").contains("Date: ");
      assertThat(text).doesNotContain("\r");
    }
  }

  @Test
  void someMailsOfEveryTrashAreOlderThanTheMomentThatIsNoted() throws Exception {
    Instant between = present.minus(Duration.ofDays(30));
    assertThat(Files.readString(directory.resolve("between"))).isEqualTo(present + "\n");
    for (int user = 1; user <= USERS; user++) {
      List<Path> trash = files(home(user).resolve("Maildir/.Trash"));
      long old = 0;
      for (Path mail : trash) {
        FileTime changed = (FileTime) Files.getAttribute(mail, "unix:ctime");
        old += changed.toInstant().isBefore(between) ? 1 : 0;
      }
      assertThat(old).isGreaterThanOrEqualTo(5);
      assertThat(trash.size() - old).isBetween(0L, 3L);
    }
  }
}
