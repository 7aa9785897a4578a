package org.doveadmsshd.system.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.doveadmsshd.posix.NamedCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Commands on a file system of their own that is full, has no inode left, may only be read, or
 * whose directories may not be changed: no mail is lost or doubled, nothing is left behind, and all
 * of it can be done afterwards.
 */
class RealDiskTest {
  private static final int RLIMIT_NOFILE = 7;

  private static final List<String> COMMANDS =
      List.of(
          "mailbox list",
          "fetch uid mailbox * all",
          "save -m A",
          "copy A mailbox INBOX all",
          "move A mailbox INBOX seen",
          "flags add $new mailbox INBOX all",
          "flags add \\Flagged mailbox INBOX all",
          "deduplicate mailbox INBOX all",
          "mailbox create New",
          "mailbox create --guid 0123456789abcdef0123456789abcdef Other",
          "mailbox rename B C.D",
          "mailbox delete C.D",
          "mailbox update --min-next-uid 99 A",
          "mailbox subscribe A",
          "mailbox unsubscribe INBOX",
          "force-resync *",
          "index *",
          "expunge mailbox INBOX seen");

  /** What is wrong with the file system. */
  enum Trouble {
    NO_SPACE,
    NO_INODES,
    READ_ONLY,
    NO_RIGHTS_TO_NEW,
    NO_RIGHTS_TO_CUR,
    NO_RIGHTS_TO_ROOT,
    NO_RIGHTS_TO_FILES
  }

  @TempDir Path directory;
  private Path disk;
  private Path home;
  private Path root;
  private Ours ours;

  @BeforeAll
  static void prepare() throws Exception {
    assumeTrue(Rights.ROOT, "only root can mount");
    Rights.prepare();
  }

  @BeforeEach
  void mount() throws Exception {
    Path parent = directory;
    while (parent != null && parent.startsWith("/tmp")) {
      Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
      parent = parent.equals(directory) ? null : parent.getParent();
    }
    disk = Files.createDirectory(directory.resolve("disk"));
    boolean mounted =
        run("mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=200", "tmpfs", "" + disk) == 0;
    assumeTrue(mounted, "nothing can be mounted here");
    home = Files.createDirectory(disk.resolve("home"));
    root = home.resolve("Maildir");
    Files.setAttribute(home, "unix:uid", Rights.NOBODY);
    Files.setAttribute(home, "unix:gid", Rights.NOBODY);
    ours = new Ours(root, Optional.empty());
    Rights.asUser(
        () -> {
          for (String box : List.of("INBOX", "A", "B")) {
            for (String part : List.of("cur", "new", "tmp")) {
              Files.createDirectories(Disk.directory(root, box).resolve(part));
            }
          }
          mail("cur/1700000001.M1P1.a:2,S", "a");
          mail("cur/1700000002.M1P1.b:2,", "b");
          mail("new/1700000003.M1P1.c", "c");
          mail(".A/new/1700000004.M1P1.d", "d");
          mail(".B/cur/1700000005.M1P1.e:2,F", "e");
          Files.writeString(root.resolve("subscriptions"), "V\t2\n\nINBOX\n");
          Files.writeString(root.resolve("dovecot-keywords"), "0 $old\n");
          return null;
        });
    assertThat(run("fetch uid mailbox * all").code()).isZero();
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      run("umount", "-l", "" + disk);
    }
  }

  private static int run(String... words) throws Exception {
    return new ProcessBuilder(words)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private void mail(String place, String token) throws IOException {
    Files.writeString(root.resolve(place), World.content(token));
  }

  private Ours.Result run(String words) throws Exception {
    return Rights.asUser(() -> ours.run(List.of(words.split(" ")), World.content("saved")));
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLostOrLeftBehindAndAllCanBeDoneAfterwards(Trouble trouble) throws Exception {
    for (String command : COMMANDS) {
      begin(trouble);
      Map<String, Integer> before = tokens();
      Ours.Result result = run(command);
      String step = trouble + ", " + command + ": " + result.code() + " " + result.messages();
      assertThat(result.code()).as(step).isIn(0, 75);
      assertThat(result.isDone() || !result.messages().isEmpty()).as(step).isTrue();
      check(before, command, step);
      end(trouble);
      assertThat(leftovers()).as(step).isEmpty();
      if (!result.isDone()) {
        before = tokens();
        Ours.Result again = run(command);
        String next = step + ", then " + again.code() + " " + again.messages();
        assertThat(again.code()).as(next).isZero();
        check(before, command, next);
      }
    }
  }

  /** Whoever finds all descriptors taken, or all but some. */
  @Test
  void withoutDescriptorsNothingIsLostOrLeftOutEither() throws Exception {
    for (int free = 0; free < 12; free++) {
      for (String command : COMMANDS) {
        Map<String, Integer> before = tokens();
        Ours.Result result = withDescriptors(free, () -> run(command));
        String step = free + " free, " + command + ": " + result.code() + " " + result.messages();
        assertThat(result.code()).as(step).isIn(0, 65, 68, 75);
        check(before, command, step);
        assertThat(leftovers()).as(step).isEmpty();
        if (result.isDone() && command.startsWith("fetch")) {
          assertThat(result.rows()).as(step).hasSize(Disk.read(root).mails().size());
        }
        if (result.isDone() && command.equals("mailbox list")) {
          assertThat(result.rows()).as(step).hasSizeGreaterThanOrEqualTo(Disk.boxes(root).size());
        }
      }
    }
  }

  /** Lowers the limit of this process, and takes what is left of it. */
  private static <T> T withDescriptors(int free, Callable<T> work) throws Exception {
    Deque<FileInputStream> taken = new ArrayDeque<>();
    try (Memory limit = new Memory(16)) {
      NamedCalls.call("getrlimit", RLIMIT_NOFILE, Pointer.nativeValue(limit));
      long before = limit.getLong(0);
      limit.setLong(0, Math.min(before, 1000));
      NamedCalls.call("setrlimit", RLIMIT_NOFILE, Pointer.nativeValue(limit));
      try {
        takeAll(taken);
        for (int i = 0; i < free; i++) {
          taken.pop().close();
        }
        return work.call();
      } finally {
        for (FileInputStream each : taken) {
          each.close();
        }
        limit.setLong(0, before);
        NamedCalls.call("setrlimit", RLIMIT_NOFILE, Pointer.nativeValue(limit));
      }
    }
  }

  private static void takeAll(Deque<FileInputStream> taken) {
    try {
      while (true) {
        taken.push(new FileInputStream("/dev/null"));
      }
    } catch (IOException e) {
      // as it shall be
    }
  }

  private void begin(Trouble trouble) throws Exception {
    switch (trouble) {
      case NO_SPACE -> fill();
      case NO_INODES -> {
        try {
          for (int i = 0; i < 300; i++) {
            Files.createFile(disk.resolve("fill" + i));
          }
        } catch (IOException e) {
          // as it shall be
        }
      }
      case READ_ONLY -> assertThat(run("mount", "-o", "remount,ro", "" + disk)).isZero();
      case NO_RIGHTS_TO_NEW -> rights("r-xr-xr-x", "new", ".A/new");
      case NO_RIGHTS_TO_CUR -> rights("r-xr-xr-x", "cur", ".A/cur");
      case NO_RIGHTS_TO_ROOT -> rights("r-xr-xr-x", "", ".A", ".B");
      default ->
          rights(
              "r--r--r--", "dovecot-uidlist", "dovecot-keywords", "subscriptions", "maildirsize");
    }
  }

  private void fill() throws IOException {
    byte[] page = new byte[4096];
    try (var out = Files.newOutputStream(disk.resolve("fill"))) {
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      // as it shall be
    }
  }

  private void rights(String mode, String... files) throws IOException {
    for (String file : files) {
      if (Files.exists(root.resolve(file))) {
        Files.setPosixFilePermissions(root.resolve(file), PosixFilePermissions.fromString(mode));
      }
    }
  }

  private void end(Trouble trouble) throws Exception {
    if (trouble == Trouble.READ_ONLY) {
      assertThat(run("mount", "-o", "remount,rw", "" + disk)).isZero();
    }
    try (Stream<Path> files = Files.list(disk)) {
      for (Path file : files.filter(each -> !each.equals(home)).toList()) {
        Files.delete(file);
      }
    }
    rights("rwxr-xr-x", "", "new", "cur", ".A", ".A/new", ".A/cur", ".B");
    rights("rw-r--r--", "dovecot-uidlist", "dovecot-keywords", "subscriptions", "maildirsize");
  }

  private Map<String, Integer> tokens() {
    Map<String, Integer> tokens = new TreeMap<>();
    Disk.read(root).mails().forEach(mail -> tokens.merge(mail.token(), 1, Integer::sum));
    return tokens;
  }

  private void check(Map<String, Integer> before, String command, String step) {
    Map<String, Integer> after = tokens();
    boolean removes = command.matches("(expunge|deduplicate|mailbox delete).*");
    boolean adds = command.startsWith("copy");
    before.forEach(
        (token, count) -> {
          int now = after.getOrDefault(token, 0);
          assertThat(removes || now >= count).as("%s of %s after %s", token, after, step).isTrue();
          assertThat(adds || now <= count || token.equals("saved"))
              .as("%s of %s after %s", token, after, step)
              .isTrue();
        });
    int saved = after.getOrDefault("saved", 0) - before.getOrDefault("saved", 0);
    boolean done = command.startsWith("save") && (step.endsWith("[]") && step.contains(" 0 ["));
    assertThat(saved).as(step).isEqualTo(done ? 1 : 0);
  }

  private List<String> leftovers() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .filter(
              name -> name.matches(".*(\\.lock|\\.tmp.*|\\.spool)|(.*/)?tmp/.*|maildirsize\\..*"))
          .toList();
    }
  }
}
