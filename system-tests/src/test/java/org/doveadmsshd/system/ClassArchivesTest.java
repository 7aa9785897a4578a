package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The archives that {@code bin/class-archives} makes, in a copy of the tree. */
class ClassArchivesTest {
  private static final String CLIENT = "org.doveadmsshd.shell.Main";
  private static final String SERVER = "org.doveadmsshd.server.Main";

  @TempDir static Path tree;

  /** What is wrong with an archive. */
  enum Damage {
    CHANGED_IN_THE_MIDDLE,
    CUT,
    EMPTY,
    SOMETHING_ELSE
  }

  /** How a program has ended, and whether it has had its class from an archive. */
  private record Call(int code, String out, String error, boolean isArchived) {}

  @BeforeAll
  static void make() throws Exception {
    Path target = Files.createDirectories(tree.resolve("sshd-server/target"));
    Files.createDirectory(tree.resolve("tmp"));
    assertThat(run(Map.of(), "cp", "-rp", "../bin", tree.toString()).code()).isZero();
    String library = "../sshd-server/target/lib";
    assertThat(run(Map.of(), "cp", "-rp", library, target.toString()).code()).isZero();
    Call made = run(Map.of("TMPDIR", tree.resolve("tmp").toString()), program("class-archives"));
    assertThat(made.code()).as(made.error()).isZero();
  }

  private static String program(String name) {
    return tree.resolve("bin").resolve(name).toString();
  }

  private static Call run(Map<String, String> environment, String... words) throws Exception {
    Path out = Files.createTempFile(tree, "out", "");
    Path error = Files.createTempFile(tree, "error", "");
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(environment);
    int code =
        builder
            .redirectOutput(out.toFile())
            .redirectError(error.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .start()
            .waitFor();
    return new Call(code, Files.readString(out), Files.readString(error), false);
  }

  /** Asks a program for its version. */
  private static Call version(String name, String main) throws Exception {
    Path log = Files.createTempFile(tree, "classes", "");
    String options = "-Xlog:class+load:file=" + log;
    Call call =
        run(
            Map.of("DOVEADM_SSH_OPTS", options, "DOVEADM_SSHD_OPTS", options),
            program(name),
            "--version");
    boolean isArchived =
        Files.readString(log).lines().anyMatch(line -> line.contains(main + " source: shared"));
    return new Call(call.code(), call.out(), call.error(), isArchived);
  }

  private static List<Path> archives() throws IOException {
    try (Stream<Path> files = Files.list(tree.resolve("sshd-server/target"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("org.doveadmsshd."))
          .sorted()
          .toList();
    }
  }

  private static Path archive(String main) throws IOException {
    return archives().stream().filter(file -> file.toString().contains(main)).findFirst().get();
  }

  private static void assertThatItRunsWithout(String name, String main) throws Exception {
    Call call = version(name, main);
    assertThat(call.code()).isZero();
    assertThat(call.out()).startsWith(name + " ");
    assertThat(call.error()).isEmpty();
    assertThat(call.isArchived()).isFalse();
  }

  @Test
  void clientAndServerTakeTheirClassesFromThem() throws Exception {
    for (String[] each : new String[][] {{"doveadm-ssh", CLIENT}, {"doveadm-sshd", SERVER}}) {
      Call call = version(each[0], each[1]);
      assertThat(call.code()).isZero();
      assertThat(call.out()).startsWith(each[0] + " ");
      assertThat(call.error()).isEmpty();
      assertThat(call.isArchived()).as(each[0]).isTrue();
    }
  }

  @Test
  void makingThemLeavesNothingElseBehind() throws Exception {
    assertThat(archives()).hasSize(2);
    try (Stream<Path> left = Files.list(tree.resolve("tmp"))) {
      assertThat(left.map(Path::getFileName).map(Path::toString))
          .noneMatch(name -> name.startsWith("class-archives"));
    }
  }

  @Test
  void nobodyButTheirOwnerMayWriteThem() throws Exception {
    for (Path archive : archives()) {
      String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(archive));
      assertThat(permissions).matches("r.-r--r--");
      assertThat(Files.getOwner(archive)).isEqualTo(Files.getOwner(tree));
    }
  }

  @Test
  void thoseOfOtherJarsAreLeftAlone() throws Exception {
    Path jar;
    try (Stream<Path> jars = Files.list(tree.resolve("sshd-server/target/lib"))) {
      jar = jars.filter(each -> each.toString().contains("/brain-")).findFirst().orElseThrow();
    }
    FileTime before = Files.getLastModifiedTime(jar);
    Files.setLastModifiedTime(jar, FileTime.fromMillis(before.toMillis() + 60_000));
    try {
      assertThatItRunsWithout("doveadm-ssh", CLIENT);
      assertThatItRunsWithout("doveadm-sshd", SERVER);
    } finally {
      Files.setLastModifiedTime(jar, before);
    }
  }

  @ParameterizedTest
  @EnumSource
  void thoseThatAreDamagedAreLeftAlone(Damage damage) throws Exception {
    for (String[] each : new String[][] {{"doveadm-ssh", CLIENT}, {"doveadm-sshd", SERVER}}) {
      Path archive = archive(each[1]);
      byte[] whole = Files.readAllBytes(archive);
      Path aside = Files.move(archive, tree.resolve("whole"));
      try {
        Files.write(archive, damaged(whole, damage));
        assertThatItRunsWithout(each[0], each[1]);
      } finally {
        Files.deleteIfExists(archive);
        Files.move(aside, archive);
      }
    }
  }

  private static byte[] damaged(byte[] whole, Damage damage) {
    return switch (damage) {
      case CHANGED_IN_THE_MIDDLE -> {
        byte[] changed = whole.clone();
        Arrays.fill(changed, whole.length / 2, whole.length / 2 + 4096, (byte) 0x5a);
        yield changed;
      }
      case CUT -> Arrays.copyOf(whole, whole.length / 3);
      case EMPTY -> new byte[0];
      case SOMETHING_ELSE -> "no archive\n".repeat(1000).getBytes();
    };
  }

  @Test
  void withoutThemTheProgramsRun() throws Exception {
    List<Path> aside = new ArrayList<>();
    List<Path> all = archives();
    try {
      for (Path archive : all) {
        aside.add(Files.move(archive, tree.resolve("aside" + aside.size())));
      }
      assertThatItRunsWithout("doveadm-ssh", CLIENT);
    } finally {
      for (int i = 0; i < aside.size(); i++) {
        Files.move(aside.get(i), all.get(i));
      }
    }
  }
}
