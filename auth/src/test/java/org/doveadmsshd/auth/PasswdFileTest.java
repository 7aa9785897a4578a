package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.auth.passwdfile.PasswdFile;
import org.doveadmsshd.protocol.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswdFileTest {
  @TempDir Path directory;

  private PasswdFile write(String content) throws IOException {
    Path file = directory.resolve("users");
    Files.writeString(file, content);
    return new PasswdFile(file, "PLAIN");
  }

  @Test
  void readsAllColumnsAndExtraFields() throws Exception {
    PasswdFile file =
        write(
            "# comment\n:x\n\nBob@Example.org:pw:5000:5001:gecos:/home/bob:/bin/sh:"
                + "userdb_mail=maildir:~/Mail proxy userdb_quota=1G\n");
    MailUser bob = file.find("BOB@example.org").orElseThrow();
    assertThat(bob.name()).isEqualTo("bob@example.org");
    assertThat(bob.fields())
        .isEqualTo(
            Map.of(
                "uid",
                "5000",
                "gid",
                "5001",
                "home",
                "/home/bob",
                "mail",
                "maildir:~/Mail",
                "quota",
                "1G"));
    assertThat(file.verify("bob@example.org", "pw")).isTrue();
    assertThat(file.verify("bob@example.org", "no")).isFalse();
    assertThat(file.verify("nobody", "pw")).isFalse();
  }

  @Test
  void ofAUserWhoStandsThereTwiceTheFirstLineCounts() throws Exception {
    PasswdFile file = write("a:1\nb:2\nA:3\n");
    List<String> names = new ArrayList<>();
    file.list().forEachRemaining(names::add);
    assertThat(names).containsExactly("a", "b");
    assertThat(file.verify("a", "1")).isTrue();
  }

  @Test
  void aChangeIsNoticed() throws Exception {
    PasswdFile file = write("a:1\n");
    assertThat(file.find("b")).isEmpty();
    write("a:1\nb:2\n");
    assertThat(file.find("b")).isPresent();
  }

  @Test
  void aFileThatIsGoneIsATemporaryFailureNotAnEmptyList() throws Exception {
    PasswdFile file = write("a:1\n");
    Files.delete(directory.resolve("users"));
    assertThatThrownBy(() -> file.find("a"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(75));
  }
}
