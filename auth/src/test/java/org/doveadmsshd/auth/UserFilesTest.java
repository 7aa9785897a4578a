package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.auth.passwdfile.PasswdFile;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines and names as people write them, in passwd-files and for the static userdb. */
class UserFilesTest {
  @TempDir Path directory;

  private PasswdFile file(String text) throws Exception {
    Path file = directory.resolve("users");
    Files.writeString(file, text.replace(';', '\n'));
    return new PasswdFile(file.toString(), "%u");
  }

  /** A line, the password in it, and its fields. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jane | '' | {}",
        "jane: | '' | {}",
        "jane:: | '' | {}",
        "jane::::::: | '' | {}",
        "jane:pw | pw | {}",
        "jane:{SHA256-CRYPT}$5$a$b | {SHA256-CRYPT}$5$a$b | {}",
        "jane:pw:5000:5001 | pw | {uid=5000, gid=5001}",
        "jane:pw:5000 | pw | {uid=5000}",
        "jane:pw::5001 | pw | {gid=5001}",
        "jane:pw:::gecos | pw | {}",
        "jane:pw::::/home/jane | pw | {home=/home/jane}",
        "jane:pw::::/home/jane:/bin/sh | pw | {home=/home/jane}",
        "jane:pw::::::userdb_mail=maildir:~/Mail | pw | {mail=maildir:~/Mail}",
        "jane:pw::::::userdb_a=1 userdb_b=2 | pw | {a=1, b=2}",
        "jane:pw::::::userdb_a=1  userdb_b=2 | pw | {a=1, b=2}",
        "jane:pw::::::userdb_a | pw | {a=yes}",
        "jane:pw::::::userdb_a= | pw | {}",
        "jane:pw::::::userdb_a=x=y | pw | {a=x=y}",
        "jane:pw::::::userdb_quota_rule=*:storage=1G | pw | {quota_rule=*:storage=1G}",
        "jane:pw:5::::: userdb_uid=6 | pw | {uid=6}",
        "jane:pw::::::nopassword proxy host=x | pw | {}",
        "JANE:pw::::/home/JANE | pw | {home=/home/JANE}",
        "jane:p w | p w | {}",
        "#jane:x;jane:pw | pw | {}",
        ":x;jane:pw | pw | {}",
        "other:x;jane:pw;jane:later | pw | {}",
      })
  void aLineIsReadAsDovecotReadsIt(String text, String password, String fields) throws Exception {
    PasswdFile file = file(text);
    MailUser jane = file.find("Jane").orElseThrow();
    assertThat(jane.name()).isEqualTo("jane");
    assertThat(new LinkedHashMap<>(jane.fields())).hasToString(fields);
    PasswordStore.Stored stored = file.find(new LoginAttempt("jAnE", "x", "")).orElseThrow();
    assertThat(stored.password()).isEqualTo(password);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "#jane:pw",
        ":jane:pw",
        " jane:pw",
        "jane :pw",
        "janet:pw",
        "jan:pw",
        "jane\u0001:pw",
        "other:jane",
      })
  void anotherLineIsNobodysOrAnothers(String text) throws Exception {
    assertThat(file(text).find("jane")).isEmpty();
    assertThat(file(text).find(new LoginAttempt("jane", "pw", ""))).isEmpty();
  }

  @Test
  void whoIsNotPossibleIsPassedOverAndTheOthersAreListed() throws Exception {
    List<String> names = new ArrayList<>();
    file("a:1;" + "x".repeat(256) + ":2;b\u0007:3;;#c:4;D:5").forEach(names::add);
    assertThat(names).containsExactly("a", "d");
  }

  @ParameterizedTest
  @CsvSource({
    "jane@a.org, true",
    "JANE@A.ORG, true",
    "joe@a.org, false",
    "jane@b.org, true",
    "jane@c.org, false",
    "jane@, false",
    "@a.org, false",
    "jane@../a.org, false",
    "jane@.., false",
    "jane@., false",
    "jane@a.org/, false",
    "../a.org, false",
  })
  void aDomainHasItsOwnFile(String name, boolean isThere) throws Exception {
    for (String domain : List.of("a.org", "b.org")) {
      Files.createDirectory(directory.resolve(domain));
      Files.writeString(directory.resolve(domain + "/passwd"), "jane:" + domain + "\n");
    }
    Files.writeString(directory.resolve("passwd"), "jane:outside\n:x\n");
    PasswdFile file = new PasswdFile(directory + "/%d/passwd", "%n");
    Optional<MailUser> found = file.find(name);
    assertThat(found.isPresent()).isEqualTo(isThere);
    found.ifPresent(user -> assertThat(user.name()).isEqualToIgnoringCase(name));
    assertThat(file.find(new LoginAttempt(name, "x", "")).map(PasswordStore.Stored::password))
        .isNotEqualTo(Optional.of("outside"));
    assertThat(file.canList()).isFalse();
  }

  @Test
  void aFileThatComesBackIsReadAgain() throws Exception {
    PasswdFile file = file("jane:pw");
    Path path = directory.resolve("users");
    assertThat(file.find("jane")).isPresent();
    Files.delete(path);
    assertThatThrownBy(() -> file.find("jane"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE))
        .hasMessageContaining("passwd-file");
    Files.createDirectory(path);
    assertThatThrownBy(() -> file.find("jane")).isInstanceOf(Failure.class);
    Files.delete(path);
    Files.writeString(path, "joe:pw\n");
    assertThat(file.find("jane")).isEmpty();
    assertThat(file.find("joe")).isPresent();
  }

  /** Of homes {@code a.org/jane} and {@code flat}. */
  @ParameterizedTest
  @CsvSource({
    "%d/%n, jane@a.org, a.org/jane",
    "%d/%n, JANE@A.org, a.org/jane",
    "%d/%n, joe@a.org, none",
    "%d/%n, jane@b.org, none",
    "%d/%n, @a.org, none",
    "%d/%n, a.org@, none",
    "%d/%n, a.org@., none",
    "%d/%n, jane@../x/a.org, none",
    "%d/%n, ..@a.org, none",
    "%n, flat, flat",
    "%n, flat@anywhere.org, flat",
    "%u, flat, flat",
    "%u, a.org/jane, none",
    "%u, ., none",
    "%{domain}/%{username}, jane@a.org, a.org/jane",
    "%Ud/%n, jane@a.org, none",
    "%Ld/%Ln, jane@a.org, a.org/jane",
    "100%%/%n, jane@a.org, none",
  })
  void whoseHomeIsThereIsAUser(String template, String name, String home) throws Exception {
    Files.createDirectories(directory.resolve("a.org/jane"));
    Files.createDirectories(directory.resolve("flat"));
    Files.writeString(directory.resolve("a.org/joe"), "no directory");
    Map<String, String> templates = new LinkedHashMap<>();
    templates.put("home", directory + "/" + template);
    templates.put("quota_rule", "*:storage=1G");
    StaticUserdb userdb = new StaticUserdb(templates, false);
    Optional<MailUser> found = userdb.find(name);
    assertThat(found.isPresent()).isEqualTo(!home.equals("none"));
    if (found.isPresent()) {
      assertThat(found.get().fields())
          .containsEntry("home", directory + "/" + home)
          .containsEntry("quota_rule", "*:storage=1G");
    }
  }
}
