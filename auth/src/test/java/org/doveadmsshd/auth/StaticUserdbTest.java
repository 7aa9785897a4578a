package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.doveadmsshd.accounts.MailUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaticUserdbTest {
  @TempDir Path directory;

  @Test
  void whoHasAHomeIsAUser() throws Exception {
    Files.createDirectories(directory.resolve("example.org/jane"));
    StaticUserdb userdb =
        new StaticUserdb(Map.of("uid", "5000", "home", directory + "/%d/%n"), false);
    assertThat(userdb.find("Jane@Example.org").orElseThrow())
        .isEqualTo(
            new MailUser(
                "jane@example.org",
                Map.of("uid", "5000", "home", directory + "/example.org/jane")));
    assertThat(userdb.find("bob@example.org")).isEmpty();
    assertThat(userdb.find("jane@../example.org")).isEmpty();
    assertThat(userdb.canList()).isFalse();
  }

  @Test
  void everybodyIsOneWhereThatIsAllowed() throws Exception {
    StaticUserdb userdb = new StaticUserdb(Map.of("home", directory + "/%n"), true);
    assertThat(userdb.find("anybody")).isPresent();
    assertThat(userdb.find("..")).isEmpty();
    assertThat(userdb.find("a/b")).isEmpty();
    assertThat(userdb.find("a\0b")).isEmpty();
  }
}
