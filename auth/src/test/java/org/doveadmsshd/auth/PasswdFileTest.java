package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.auth.passwdfile.PasswdFile;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswdFileTest {
  @TempDir Path directory;

  private PasswdFile write(String content) throws IOException {
    Path file = directory.resolve("users");
    Files.writeString(file, content);
    return new PasswdFile(file.toString(), "%u");
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
    assertThat(verify(file, "bob@example.org", "pw"))
        .isEqualTo(new Passdb.Answer(Passdb.Verdict.RIGHT, Map.of("proxy", "yes")));
    assertThat(verify(file, "bob@example.org", "no")).isEqualTo(Passdb.Answer.WRONG);
    assertThat(verify(file, "nobody", "pw")).isEqualTo(Passdb.Answer.UNKNOWN_USER);
  }

  @Test
  void ofAUserWhoStandsThereTwiceTheFirstLineCounts() throws Exception {
    PasswdFile file = write("a:1\nb:2\nA:3\n");
    List<String> names = new ArrayList<>();
    file.forEach(names::add);
    assertThat(names).containsExactly("a", "b");
    assertThat(verify(file, "a", "1").isRight()).isTrue();
  }

  @Test
  void linesMayEndWithCarriageReturnsAndEmptyNamesAreNobodys() throws Exception {
    PasswdFile file = write("a:1\r\n\r\n:x\r\n \r\nb:2::::/home/b::\r\nc\u0001:3\r\n");
    List<String> names = new ArrayList<>();
    file.forEach(names::add);
    assertThat(names).containsExactly("a", "b");
    assertThat(verify(file, "a", "1").isRight()).isTrue();
    assertThat(file.find("b").orElseThrow().fields()).containsEntry("home", "/home/b");
  }

  private static Passdb.Answer verify(PasswdFile file, String user, String password)
      throws Failure {
    return new HashedPassdb(file, "PLAIN", new Hashing(new MemoryBudget(1L << 28).all()))
        .verify(new LoginAttempt(user, password, ""));
  }

  @Test
  void aDomainMayHaveAFileOfItsOwn() throws Exception {
    Files.createDirectories(directory.resolve("example.org"));
    Files.writeString(directory.resolve("example.org/passwd"), "jane:pw:1:2::/home/jane::\n");
    PasswdFile file = new PasswdFile(directory + "/%d/passwd", "%n");
    assertThat(file.find("Jane@Example.org").orElseThrow())
        .isEqualTo(
            new MailUser("jane@example.org", Map.of("uid", "1", "gid", "2", "home", "/home/jane")));
    assertThat(verify(file, "jane@example.org", "pw").isRight()).isTrue();
    assertThat(file.find("jane@example.net")).isEmpty();
    assertThat(file.find("jane@../example.org")).isEmpty();
    assertThat(file.find("jane@x/../example.org")).isEmpty();
    assertThat(file.canList()).isFalse();
    assertThatThrownBy(() -> file.forEach(name -> {})).isInstanceOf(Failure.class);
  }

  @Test
  void whoHasNoPasswordDoesNotGetIn() throws Exception {
    PasswdFile file = write("a::1:1\n");
    assertThat(verify(file, "a", "")).isEqualTo(Passdb.Answer.WRONG);
    assertThat(verify(file, "a", "x")).isEqualTo(Passdb.Answer.WRONG);
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
        .hasMessage("The passwd-file of users cannot be read: No such file or directory")
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(75));
  }
}
