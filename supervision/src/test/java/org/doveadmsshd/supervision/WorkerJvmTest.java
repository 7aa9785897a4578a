package org.doveadmsshd.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerJvmTest {
  @TempDir Path directory;

  @Test
  void itsJarsAreAlwaysInTheSameOrder() throws Exception {
    Path library = Files.createDirectory(directory.resolve("lib"));
    for (String name : new String[] {"b.jar", "a.jar", "c.jar", "notes.txt"}) {
      Files.createFile(library.resolve(name));
    }
    assertThat(WorkerJvm.in(directory).classPath().split(File.pathSeparator))
        .containsExactly(
            library.resolve("a.jar").toString(),
            library.resolve("b.jar").toString(),
            library.resolve("c.jar").toString());
  }

  @Test
  void aDirectoryWithoutJarsIsRefused() throws Exception {
    assertThatThrownBy(() -> WorkerJvm.in(directory))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> assertThat(failure.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR))
        .hasMessageContaining("the worker's jars are not in");
    Files.createDirectory(directory.resolve("lib"));
    assertThatThrownBy(() -> WorkerJvm.in(directory)).isInstanceOf(Failure.class);
  }

  @Test
  void nothingOfRootsEnvironmentIsHandedOnButTheTimeZone() {
    Map<String, String> environment =
        new HashMap<>(
            Map.of("TZ", "Europe/Oslo", "PATH", "/home/x/bin", "LD_PRELOAD", "x", "HOME", "/root"));
    WorkerJvm.environment(environment);
    assertThat(environment)
        .containsOnlyKeys("TZ", "PATH", "LC_ALL", "MALLOC_ARENA_MAX")
        .containsEntry("TZ", "Europe/Oslo")
        .containsEntry("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
  }

  @Test
  void programsAreThoseOfTheSystem() {
    assertThat(Path.of(WorkerJvm.program("setpriv"))).isExecutable().isAbsolute();
    assertThat(WorkerJvm.program("nosuchprogram")).isEqualTo("/usr/bin/nosuchprogram");
  }
}
