package org.doveadmsshd.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Failures that need a process of their own: without descriptors, room, or root's rights. */
@Timeout(120)
class ProcessLimitsTest {
  /** Bytes of a file; the programs of the test itself write smaller ones. */
  private static final long LARGEST = 10_000_000;

  @TempDir Path home;

  private List<String> run(List<String> before, String what) throws Exception {
    List<String> words = new ArrayList<>(before);
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    words.addAll(List.of(Child.class.getName(), what, home.toString()));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.lines().toList();
  }

  /** Opens what it is told to, and says what it comes to. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      try (Directory home = Directory.open(Path.of(arguments[1]))) {
        switch (arguments[0]) {
          case "many" -> many(home);
          case "large" -> large(home);
          default -> denied(home);
        }
      }
    }

    private static void many(Directory home) throws IOException {
      home.status("file");
      List<OpenFile> open = new ArrayList<>();
      try {
        while (open.size() < 100_000) {
          open.add(home.read("file"));
        }
      } catch (PosixException e) {
        System.out.println(e.reason());
      }
      open.forEach(OpenFile::close);
      System.out.println((char) home.read("file").read());
    }

    private static void large(Directory home) throws IOException {
      try (OpenFile file = home.overwrite("file")) {
        file.overwrite(LARGEST - 2, new byte[] {'1', '2'});
        file.overwrite(LARGEST - 1, new byte[] {'3', '4'});
      } catch (PosixException e) {
        System.out.println(e.reason());
      }
    }

    private static void denied(Directory home) {
      say("open directory", () -> home.directory("closed").close());
      say("stat", () -> home.status("closed/x"));
      say("read", () -> home.read("secret").close());
      say("append", () -> home.append("secret").close());
      try (Directory readOnly = home.directory("readonly")) {
        say("create", () -> readOnly.create("x", 0600).close());
        say("mkdir", () -> readOnly.makeDirectory("x", 0700));
        say("unlink", () -> readOnly.unlink("inner"));
        say("rename", () -> readOnly.rename("inner", "other"));
        say("chmod", () -> readOnly.adopt(home.status()));
        say("link", () -> home.link("file", readOnly, "x"));
        System.out.println("names: " + readOnly.list());
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }

    /** Something that must be denied. */
    private interface Call {
      void run() throws IOException;
    }

    private static void say(String what, Call call) {
      try {
        call.run();
        System.out.println(what + ": done");
      } catch (PosixException e) {
        System.out.println(what + ": " + (e.isDenied() ? "denied" : e.getMessage()));
      } catch (IOException e) {
        System.out.println(what + ": " + e);
      }
    }
  }

  @Test
  void withoutDescriptorsAFileCannotBeOpenedUntilOthersAreClosed() throws Exception {
    Files.writeString(home.resolve("file"), "x");
    assertThat(run(List.of("sh", "-c", "ulimit -n 200; exec \"$@\"", "sh"), "many"))
        .containsExactly("Too many open files", "x");
  }

  /** The system writes what there is room for; that is less, and no failure yet. */
  @Test
  void whatIsWrittenOverInPartOnlyIsAFailure() throws Exception {
    Files.writeString(home.resolve("file"), "x");
    assertThat(run(List.of("prlimit", "--fsize=" + LARGEST), "large"))
        .containsExactly("File too large");
    assertThat(home.resolve("file")).hasSize(LARGEST);
  }

  /** Root without its capabilities is a user like any other, who can read the class path. */
  @Test
  void whatBelongsToOthersIsDenied() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can give files away");
    Files.writeString(home.resolve("file"), "x");
    Files.writeString(home.resolve("secret"), "x");
    Files.createDirectory(home.resolve("closed"));
    Files.createDirectory(home.resolve("readonly"));
    Files.writeString(home.resolve("readonly/inner"), "x");
    give("secret", 0600);
    give("closed", 0700);
    give("readonly", 0755);
    List<String> said =
        run(
            List.of("setpriv", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"),
            "denied");
    assertThat(said).hasSize(11).endsWith("names: [inner]");
    assertThat(said.subList(0, 10)).allMatch(line -> line.endsWith(": denied"));
  }

  private void give(String name, int mode) throws IOException {
    Files.setAttribute(home.resolve(name), "unix:mode", mode);
    Files.setAttribute(home.resolve(name), "unix:uid", 5001);
  }
}
