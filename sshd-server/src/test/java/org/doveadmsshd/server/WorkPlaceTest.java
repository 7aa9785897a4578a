package org.doveadmsshd.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.doveadmsshd.auth.StaticUserdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.settings.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkPlaceTest {
  @TempDir Path directory;

  @Test
  void threadsOfUsersAndModulesOfPamAreNeverInOneProcess() throws Exception {
    Path file = directory.resolve("sshd.conf");
    Files.writeString(directory.resolve("users"), "");
    Files.writeString(
        file,
        """
        host_key = key
        service doveadm {
          isolation = thread
        }
        passdb {
          driver = pam
        }
        userdb {
          driver = passwd-file
          args = users
        }
        """);
    Settings settings = Settings.read(file, CommandCatalog.scopeWords());
    MemoryBudget budget = new MemoryBudget(1 << 20);
    try (WorkPlace place = new WorkPlace(settings, budget.all())) {
      assertThatThrownBy(
              () -> place.work(settings, new StaticUserdb(java.util.Map.of("home", "/"), false)))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("passdb pam");
    }
  }
}
