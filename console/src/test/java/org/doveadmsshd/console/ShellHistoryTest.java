package org.doveadmsshd.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lines of shells before, on the screen and in the file. */
@Timeout(60)
class ShellHistoryTest {
  private static final String UP = "\u001b[A";
  private static final String RIGHT = "\u001b[C";

  @TempDir Path home;

  private Path directory() {
    return home.resolve("history");
  }

  private Screen shell() throws Exception {
    return new Screen("xterm", HistoryFile.of(directory(), "admin"));
  }

  private Path file() {
    return directory().resolve("admin");
  }

  @Test
  void aLineIsThereInTheNextShell() throws Exception {
    try (Screen first = shell()) {
      first.type("user jane\r").awaits("done user jane");
    }
    try (Screen second = shell()) {
      second.awaits("admin> ").type(UP + "\r").awaits("done user jane");
    }
    assertThat(Files.readAllLines(file())).containsExactly("user jane");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
        .isEqualTo("rwx------");
  }

  @Test
  void itCanBeSearchedAndIsSuggestedInGrey() throws Exception {
    try (Screen screen = shell()) {
      screen.type("search -u jane all\r").awaits("done").awaits("admin> ");
      screen.type("user joe\r").awaits("done").awaits("admin> ");
      screen.type("\u0012jane\r").awaits("done search -u jane all").awaits("admin> ");
      screen.type("se").awaits("arch -u jane all").type(RIGHT + "\r");
      screen.awaits("done search -u jane all");
    }
  }

  @Test
  void whatIsSearchedForHasABound() throws Exception {
    String line = "user " + "x".repeat(300);
    try (Screen screen = shell()) {
      screen.awaits("admin> ").type(line + "\r").awaits("done user").awaits("admin> ");
      screen.type("user jane\r").awaits("done user jane").awaits("admin> ");
      screen.type("\u0012" + "x".repeat(256) + "z".repeat(200)).awaits("search: xxx");
      screen.type("\r").awaits("done " + line);
      assertThat(screen.all()).doesNotContain("z");
    }
  }

  @Test
  void passwordsAreInNoHistory() throws Exception {
    try (Screen screen = shell()) {
      screen.type("user jane\r").awaits("done");
      screen.type("auth test jane secret1\r").awaits("done");
      screen.type("doveadm auth tset jane secret2\r").awaits("done");
      screen.type("pw -p secret3\r").awaits("done");
      screen.type("-o imapc_password=secret4 user joe\r").awaits("done");
      screen.type("auth test jane 'secret5\r").awaits("not closed");
      screen.type(UP).awaits("user jane").type("\r").awaits("done user jane");
    }
    assertThat(Files.readString(file())).doesNotContain("secret");
  }

  @Test
  void whatIsNoCommandIsRememberedButNotKept() throws Exception {
    try (Screen screen = shell()) {
      screen.type("hunter2 typed in the wrong window\r").awaits("done").awaits("admin> ");
      screen.type(UP).awaits("hunter2 typed").type("\r").awaits("done hunter2");
      screen.type("use jane\r").awaits("jane> ");
    }
    assertThat(Files.readAllLines(file())).containsExactly("use jane");
  }

  @Test
  void aSymbolicLinkIsNotFollowed() throws Exception {
    Files.createDirectory(directory());
    Path other = Files.writeString(home.resolve("other"), "somebody's\n");
    Files.createSymbolicLink(file(), other);
    try (Screen screen = shell()) {
      screen.awaits("only until the shell ends").awaits("no regular file");
      screen.type("user jane\r").awaits("done").awaits("admin> ");
      screen.type(UP + "\r").awaits("done user jane");
    }
    assertThat(other).hasContent("somebody's\n");
  }

  @Test
  void aDirectoryInPlaceOfTheFileIsSaidInOneLine() throws Exception {
    Files.createDirectories(file());
    try (Screen screen = shell()) {
      screen.awaits("only until the shell ends").awaits("admin> ");
    }
  }

  @Test
  void controlCharactersInTheFileNeverReachTheTerminal() throws Exception {
    Files.createDirectory(directory());
    Files.writeString(file(), "user a\u001b]0;title\u0007\nuser \u009bb\nuser \u202ec\nuser d\n");
    try (Screen screen = shell()) {
      screen.awaits("admin> ").type(UP).awaits("user d").type(UP + UP + "\r").awaits("done user d");
      assertThat(screen.all()).doesNotContain("title", "\u009b", "\u202e");
    }
  }

  @Test
  void aLongFileIsCutDown() throws Exception {
    Files.createDirectory(directory());
    Files.write(file(), Collections.nCopies(100_000, "user jane@example.org"));
    try (Screen screen = shell()) {
      screen.awaits("admin> ").type(UP + "\r").awaits("done user jane@example.org");
    }
    assertThat(Files.size(file())).isLessThan(10_000);
  }

  @Test
  void aMastersNameCannotLeaveTheDirectory() throws Exception {
    for (String name : new String[] {"../admin", ".", "..", "a/b", "ä\u0000"}) {
      HistoryFile file = HistoryFile.of(directory(), name).orElseThrow();
      file.lines(1, 1);
      file.append("x");
    }
    assertThat(HistoryFile.of(directory(), "x".repeat(300))).isEqualTo(Optional.empty());
    try (var files = Files.list(home)) {
      assertThat(files).containsExactly(directory());
    }
    try (var files = Files.list(directory())) {
      assertThat(files).hasSize(5);
    }
  }
}
