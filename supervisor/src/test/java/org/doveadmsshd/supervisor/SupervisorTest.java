package org.doveadmsshd.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.settings.Settings;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SupervisorTest {
  @TempDir Path directory;

  /** A userdb that must not be asked. */
  private static final Userdb UNASKED =
      new Userdb() {
        @Override
        public Optional<MailUser> find(String name) {
          throw new AssertionError("asked for " + name);
        }

        @Override
        public boolean canList() {
          return false;
        }

        @Override
        public void forEach(Visitor visitor) {
          throw new AssertionError("asked for all");
        }
      };

  @ParameterizedTest
  @ValueSource(strings = {"", "ja\tne", "ja\u0000ne", "ja\u0085ne", "half \ud800"})
  void aNameThatNobodyCanHaveIsRefusedAsAnUnknownUserIs(String name) throws Exception {
    Path file = directory.resolve("sshd.conf");
    Files.writeString(directory.resolve("users"), "");
    Files.writeString(file, "host_key = key\nuserdb {\n driver = passwd-file\n args = users\n}\n");
    Supervisor supervisor =
        new Supervisor(
            new Supervisor.Site(Settings.read(file, List.of()), UNASKED, () -> {}),
            () -> {
              throw new AssertionError("read again");
            },
            0);
    assertThatThrownBy(() -> supervisor.user(name))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.outcome()).isEqualTo(Outcome.NO_USER));
  }
}
