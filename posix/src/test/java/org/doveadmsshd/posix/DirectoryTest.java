package org.doveadmsshd.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each call does, and how it fails: by files that really are as the failure says. */
@Timeout(60)
class DirectoryTest {
  @TempDir Path home;
  private Directory directory;

  /**
   * A file, an empty directory, a full one, a link to the file, one to the full one, one to
   * nothing.
   */
  @BeforeEach
  void make() throws Exception {
    Files.writeString(home.resolve("file"), "content");
    Files.createDirectory(home.resolve("empty"));
    Files.createDirectory(home.resolve("full"));
    Files.writeString(home.resolve("full/inner"), "x");
    Files.createSymbolicLink(home.resolve("link"), Path.of("file"));
    Files.createSymbolicLink(home.resolve("dirlink"), Path.of("full"));
    Files.createSymbolicLink(home.resolve("dangling"), Path.of("nowhere"));
    assertThat(new ProcessBuilder("mkfifo", home.resolve("fifo").toString()).start().waitFor())
        .isZero();
    directory = Directory.open(home);
  }

  @AfterEach
  void close() {
    directory.close();
  }

  /** Something that is done in a directory. */
  @FunctionalInterface
  interface Call {
    void run(Directory directory) throws IOException;
  }

  private static Arguments fails(String what, Call call, Predicate<PosixException> as) {
    return Arguments.of(what, call, as);
  }

  private static Arguments missing(String what, Call call) {
    return fails(what, call, PosixException::isMissing);
  }

  private static Arguments taken(String what, Call call) {
    return fails(what, call, PosixException::isExisting);
  }

  private static Predicate<PosixException> says(String reason) {
    return e -> e.reason().equals(reason);
  }

  static Stream<Arguments> failures() {
    String tooLong = "x".repeat(256);
    return Stream.of(
        missing("open directory", d -> d.directory("nosuch")),
        missing("read", d -> d.read("nosuch")),
        missing("append", d -> d.append("nosuch")),
        missing("overwrite", d -> d.overwrite("nosuch")),
        missing("create below nothing", d -> d.create("nosuch/x", 0600)),
        missing("stat", d -> d.status("nosuch")),
        missing("unlink", d -> d.unlink("nosuch")),
        missing("rmdir", d -> d.removeDirectory("nosuch")),
        missing("mkdir below nothing", d -> d.makeDirectory("nosuch/x", 0700)),
        missing("rename", d -> d.rename("nosuch", "other")),
        missing("rename to a directory", d -> d.rename("nosuch", d, "other")),
        missing("link", d -> d.link("nosuch", d, "other")),
        missing("below a file", d -> d.read("file/x")),
        missing("a NUL in a name", d -> d.read("fi\0le")),
        fails("a file as a directory", d -> d.directory("file"), PosixException::isNotDirectory),
        fails("rmdir a file", d -> d.removeDirectory("file"), PosixException::isNotDirectory),
        fails("a link as a directory", d -> d.directory("dirlink"), PosixException::isNotDirectory),
        taken("create", d -> d.create("file", 0600)),
        taken("create where a directory is", d -> d.create("empty", 0600)),
        taken("create where a dangling link is", d -> d.create("dangling", 0600)),
        taken("spool", d -> d.createSpool("file")),
        taken("mkdir", d -> d.makeDirectory("empty", 0700)),
        taken("mkdir where a link is", d -> d.makeDirectory("dangling", 0700)),
        taken("rename without replacing", d -> d.rename("file", d, "link")),
        taken("link", d -> d.link("file", d, "link")),
        fails("read a link", d -> d.read("link"), PosixException::isLink),
        fails("append to a link", d -> d.append("link"), PosixException::isLink),
        fails("overwrite a link", d -> d.overwrite("link"), PosixException::isLink),
        fails("rmdir a full one", d -> d.removeDirectory("full"), PosixException::isNotEmpty),
        fails("rename over a full one", d -> d.rename("empty", "full"), PosixException::isNotEmpty),
        fails("unlink a directory", d -> d.unlink("empty"), says("Is a directory")),
        fails("append to a directory", d -> d.append("empty"), says("Is a directory")),
        fails("read a directory", d -> d.read("empty").read(), says("Is a directory")),
        fails(
            "append to a FIFO without reader",
            d -> d.append("fifo"),
            says("No such device or address")),
        fails("link a directory", d -> d.link("empty", d, "other"), PosixException::isUnlinkable),
        fails("rename into itself", d -> d.rename("full", "full/x"), PosixException::isInvalid),
        fails("a long name", d -> d.create(tooLong, 0600), says("File name too long")),
        fails("a name beyond all", d -> d.read("x".repeat(5000)), says("File name too long")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void aFailureSaysOfWhatKindItIsAndChangesNothing(
      String what, Call call, Predicate<PosixException> as) throws Exception {
    List<String> before = tree();
    PosixException thrown = catchThrowableOfType(PosixException.class, () -> call.run(directory));
    assertThat(thrown).isNotNull().matches(as, "as it should be");
    assertThat(thrown.getMessage()).matches("(?s)[a-z]+\\(.+\\): [A-Z].*");
    assertThat(tree()).isEqualTo(before);
  }

  private List<String> tree() throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      return files.map(Path::toString).sorted().toList();
    }
  }

  private long descriptors() throws IOException {
    List<Path> open = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : all.toList()) {
        if (Files.isSymbolicLink(each) && leadsHere(each)) {
          open.add(each);
        }
      }
    }
    return open.size();
  }

  private boolean leadsHere(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith(home.toRealPath());
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  @Test
  void noFailureLeavesADescriptorOpen() throws Exception {
    assertThat(descriptors()).as("the directory itself").isEqualTo(1);
    for (Arguments each : failures().toList()) {
      Call call = (Call) each.get()[1];
      if (!each.get()[0].equals("read a directory")) { // which opens it first
        catchThrowableOfType(PosixException.class, () -> call.run(directory));
      }
    }
    assertThat(descriptors()).isEqualTo(1);
  }

  @Test
  void whatIsClosedIsOfNoUseAndHarmsNobody() throws Exception {
    OpenFile file = directory.read("file");
    Directory inner = directory.directory("full");
    file.close();
    inner.close();
    inner.close();
    assertThat(descriptors()).isEqualTo(1);
    assertThatThrownBy(file::read).hasMessageContaining("Bad file descriptor");
    assertThatThrownBy(() -> file.seek(0)).hasMessageContaining("Bad file descriptor");
    assertThatThrownBy(() -> file.write(new byte[1])).hasMessageContaining("Bad file descriptor");
    assertThatThrownBy(file::sync).hasMessageContaining("Bad file descriptor");
    assertThatThrownBy(inner::list).hasMessageContaining("Bad file descriptor");
    assertThatThrownBy(() -> inner.read("inner")).hasMessageContaining("Bad file descriptor");
    assertThatThrownBy(() -> inner.unlink("inner")).hasMessageContaining("Bad file descriptor");
    assertThatThrownBy(inner::sync).hasMessageContaining("Bad file descriptor");
    assertThat(home.resolve("full/inner")).exists();
  }

  @Test
  void aFifoIsNotWaitedFor() throws Exception {
    try (OpenFile fifo = directory.read("fifo").stable()) {
      assertThatThrownBy(fifo::read)
          .isInstanceOfSatisfying(PosixException.class, e -> assertThat(e.isInvalid()).isTrue())
          .hasMessageContaining("no regular file");
    }
  }

  @Test
  void anotherFileSystemIsToldFromOtherFailures() throws Exception {
    Path shared = Path.of("/dev/shm");
    assumeTrue(Files.isWritable(shared), "there is no /dev/shm");
    assumeTrue(!Files.getFileStore(shared).equals(Files.getFileStore(home)), "it is the same");
    try (Directory other = Directory.open(shared)) {
      for (Call call :
          List.<Call>of(
              d -> d.link("file", other, "doveadm-sshd-test"),
              d -> d.rename("file", other, "doveadm-sshd-test"))) {
        PosixException thrown =
            catchThrowableOfType(PosixException.class, () -> call.run(directory));
        assertThat(thrown.isUnlinkable()).isTrue();
        assertThat(thrown.isMissing() || thrown.isExisting()).isFalse();
      }
    }
    assertThat(home.resolve("file")).exists();
  }

  @Test
  void namesAreListedByteByByteWithoutTheDirectoryItself() throws Exception {
    try (Directory empty = directory.directory("empty")) {
      String odd = "a\u00ff\u00feb\n \u0001"; // no UTF-8
      empty.create(odd, 0600).close();
      empty.create(FileName.of("é"), 0600).close();
      empty.create("...", 0600).close();
      assertThat(empty.list()).containsExactlyInAnyOrder(odd, "\u00c3\u00a9", "...");
      assertThat(empty.list()).as("from the beginning again").hasSize(3);
      empty.unlink(odd);
      assertThat(empty.list()).hasSize(2);
    }
  }

  @Test
  void aDirectoryOfAnySizeIsListedInFull() throws Exception {
    List<String> names = new ArrayList<>();
    try (Directory empty = directory.directory("empty")) {
      for (int i = 0; i < 3000; i++) {
        String name = i + "x".repeat(i % 200);
        empty.create(name, 0600).close();
        names.add(name);
      }
      assertThat(empty.list()).containsExactlyInAnyOrderElementsOf(names);
    }
  }

  @Test
  void whatIsKnownToBeNoFileIsLeftOut() throws Exception {
    List<String> files = new ArrayList<>();
    directory.files(
        (array, from, length) ->
            files.add(new String(array, from, length, StandardCharsets.ISO_8859_1)));
    assertThat(files).containsExactly("file");
  }

  @Test
  void theStatusIsThatOfALinkItself() throws Exception {
    assertThat(directory.status("link").isLink()).isTrue();
    assertThat(directory.status("dangling").isLink()).isTrue();
    FileStatus file = directory.status("file");
    assertThat(file.isRegular()).isTrue();
    assertThat(file.size()).isEqualTo(7);
    assertThat(file.inode()).isEqualTo(Files.getAttribute(home.resolve("file"), "unix:ino"));
    assertThat(directory.status("fifo").isRegular()).isFalse();
    assertThat(directory.status().isDirectory()).isTrue();
    assertThat(directory.status().isSameFile(directory.status("."))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "empty", "link", "dangling", "fifo"})
  void whateverHasANameIsThere(String name) throws Exception {
    assertThat(directory.has(name)).isTrue();
  }

  @Test
  void whatHasNoNameIsNotAndWhatCannotBeSaidIsNoAnswer() throws Exception {
    assertThat(directory.has("nosuch")).isFalse();
    assertThat(directory.has("file/x")).isFalse();
    assertThatThrownBy(() -> directory.has("x".repeat(256))).isInstanceOf(PosixException.class);
  }

  @Test
  void aLinkLeadsToADirectoryOrDoesNot() {
    assertThat(directory.leadsToDirectory("dirlink")).isTrue();
    assertThat(directory.leadsToDirectory("link")).isFalse();
    assertThat(directory.leadsToDirectory("dangling")).isFalse();
    assertThat(directory.leadsToDirectory("empty")).as("which is no link").isFalse();
    assertThat(directory.leadsToDirectory("nosuch")).isFalse();
  }

  @Test
  void aRenameWithinTheDirectoryReplaces() throws Exception {
    directory.create("new", 0600).close();
    directory.rename("new", "file");
    assertThat(Files.readString(home.resolve("file"))).isEmpty();
  }

  @Test
  void aFileHasTheModeThatWasAskedForLessTheUmask() throws Exception {
    directory.create("private", 0600).close();
    directory.createSpool("spool").close();
    directory.makeDirectory("made", 0700);
    assertThat(directory.status("private").mode() & 0777).isEqualTo(0600);
    assertThat(directory.status("spool").mode() & 0777).isEqualTo(0600);
    assertThat(directory.status("made").mode() & 0777).isEqualTo(0700);
  }

  @Test
  void aDirectoryAdoptsPermissionsOfAnotherAndStaysUsable() throws Exception {
    Files.setAttribute(home.resolve("full"), "unix:mode", 02050);
    FileStatus model = directory.status("full");
    try (Directory empty = directory.directory("empty")) {
      empty.adopt(model);
    }
    assertThat(directory.status("empty").mode() & 07777).isEqualTo(0750);
  }

  @Test
  void ownersAreAdoptedByWhoeverMay() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root may");
    Files.setAttribute(home.resolve("full"), "unix:uid", 5001);
    Files.setAttribute(home.resolve("full"), "unix:gid", 5002);
    try (Directory empty = directory.directory("empty");
        OpenFile made = directory.create("made", 0600)) {
      empty.adopt(directory.status("full"));
      made.adopt(directory.status("full"));
    }
    for (String each : List.of("empty", "made")) {
      assertThat(directory.status(each).uid()).isEqualTo(5001);
      assertThat(directory.status(each).gid()).isEqualTo(5002);
    }
  }

  @Test
  void itsPathIsShownWithoutWhatMovesCursors() throws Exception {
    Files.createDirectory(home.resolve("a\u001bb"));
    try (Directory odd = directory.directory("a\u001bb")) {
      assertThat(odd.toString()).endsWith("/a\ufffdb");
      assertThatThrownBy(() -> odd.read("x\u0007")).hasMessageContaining("a\ufffdb/x\ufffd)");
    }
  }
}
