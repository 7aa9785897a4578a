package org.doveadmsshd.setup.written;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationTest {
  @TempDir Path root;
  private Path etc;
  private Installation installation;

  @BeforeEach
  void begin() throws IOException {
    etc = root.resolve("etc");
    installation = new Installation(etc.resolve("setup.manifest"));
  }

  private NewFile file(String name, String text) {
    return NewFile.of(etc.resolve(name), text, "rw-r-----", Optional.empty());
  }

  private void write(NewFile... files) throws Failure {
    installation.write(
        List.of(
            new Installation.NewDirectory(etc, "rwxr-xr-x", Optional.empty()),
            new Installation.NewDirectory(etc.resolve("keys"), "rwxr-x---", Optional.empty())),
        List.of(files));
  }

  /** Everything below the directory, with its content and mode. */
  private Map<String, String> tree() throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : all.toList()) {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(each));
        tree.put(
            root.relativize(each).toString(),
            mode + (Files.isRegularFile(each) ? Files.readString(each) : ""));
      }
    }
    return tree;
  }

  @Test
  void undoneAllIsAsItWasBefore() throws Exception {
    Files.createDirectory(etc);
    Files.writeString(etc.resolve("other"), "of somebody else");
    Map<String, String> before = tree();
    write(file("a.conf", "one"), file("keys/admin", "two"));
    assertThat(Files.readString(etc.resolve("a.conf"))).isEqualTo("one");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(etc.resolve("a.conf"))))
        .isEqualTo("rw-r-----");
    Installation.Undone undone = installation.undo();
    assertThat(undone.removed()).hasSize(2);
    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void whatWasThereBeforeComesBackWithItsModeAlsoAfterASecondTime() throws Exception {
    Files.createDirectory(etc);
    Path file = Files.writeString(etc.resolve("a.conf"), "by hand");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Map<String, String> before = tree();
    write(file("a.conf", "one"));
    write(file("a.conf", "two"), file("b.conf", "three"));
    assertThat(Files.readString(file)).isEqualTo("two");
    assertThat(installation.undo().restored()).containsExactly(file);
    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void whatSomebodyHasChangedSinceStaysAndIsNamed() throws Exception {
    write(file("a.conf", "one"), file("b.conf", "two"));
    Files.writeString(etc.resolve("a.conf"), "changed");
    Installation.Undone undone = installation.undo();
    assertThat(undone.left()).containsExactly(etc.resolve("a.conf"));
    assertThat(undone.removed()).containsExactly(etc.resolve("b.conf"));
    assertThat(Files.readString(etc.resolve("a.conf"))).isEqualTo("changed");
  }

  @Test
  void aChangeBetweenTwoTimesIsKeptAndComesBack() throws Exception {
    write(file("a.conf", "one"));
    Files.writeString(etc.resolve("a.conf"), "changed");
    write(file("a.conf", "two"));
    assertThat(Files.readString(etc.resolve("a.conf.before-setup"))).isEqualTo("changed");
    installation.undo();
    assertThat(Files.readString(etc.resolve("a.conf"))).isEqualTo("changed");
  }

  @Test
  void whatBreaksOffInTheMiddleLeavesNothingThatCannotBeTakenBack() throws Exception {
    Files.createDirectory(etc);
    Files.writeString(etc.resolve("b.conf"), "by hand");
    Map<String, String> before = tree();
    assertThatThrownBy(
            () -> write(file("a.conf", "one"), file("missing/x", "two"), file("b.conf", "three")))
        .isInstanceOf(Failure.class);
    assertThat(Files.readString(etc.resolve("a.conf"))).isEqualTo("one");
    assertThat(Files.readString(etc.resolve("b.conf"))).isEqualTo("by hand");
    installation.undo();
    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void whereNothingWasWrittenThereIsNothingToTakeBack() {
    assertThatThrownBy(installation::undo)
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(68));
  }

  @Test
  void aDamagedListRemovesNothing() throws Exception {
    Files.createDirectory(etc);
    Path precious = Files.writeString(etc.resolve("precious"), "x");
    for (String text :
        List.of("", "something\n", "doveadm-sshd setup 1\nfile\t" + precious + "\n")) {
      Files.writeString(etc.resolve("setup.manifest"), text);
      assertThatThrownBy(installation::undo).isInstanceOf(Failure.class);
      assertThat(precious).exists();
    }
  }
}
