package org.doveadmsshd.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.supervision.WorkerJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerProgramTest {
  @TempDir Path directory;

  /** Root's PATH may begin with a directory that another user writes to. */
  @Test
  void whatRootStartsIsNamedByItsPath() throws Exception {
    Files.createDirectory(directory.resolve("lib"));
    Files.writeString(directory.resolve("lib/worker.jar"), "");
    Files.writeString(directory.resolve("users"), "");
    Path file = directory.resolve("sshd.conf");
    Files.writeString(
        file,
        """
        host_key = key
        userdb {
          driver = passwd-file
          args = users
        }
        service doveadm {
          nice = 5
          ionice = best-effort:7
        }
        """);
    Settings settings = Settings.read(file, List.of());
    List<String> command =
        new WorkerProgram(WorkerJvm.in(directory))
            .command(settings.work().processes(), directory.resolve("s"));
    Predicate<String> isProgram = word -> word.matches("(.*/)?(nice|ionice|setpriv|java)");
    assertThat(command.stream().filter(isProgram))
        .hasSize(4)
        .allMatch(word -> Path.of(word).isAbsolute() && Files.isExecutable(Path.of(word)));
  }
}
