package org.doveadmsshd.worker.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a process can still do that has taken a user's identity; needs root. */
@Timeout(60)
class ProcessIdentityTest {
  private static final int UID = 20_011;

  @TempDir Path directory;
  private Path home;
  private Path other;

  @BeforeEach
  void makeHomes() throws Exception {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    home = home("jane", UID);
    home("jim", UID);
    other = home("joe", UID + 1);
    Files.createSymbolicLink(home.resolve("symbolic"), other.resolve("mail"));
    Files.createLink(home.resolve("hard"), other.resolve("mail"));
  }

  private Path home(String name, int uid) throws IOException {
    Path made = Files.createDirectory(directory.resolve(name));
    Path mail = Files.writeString(made.resolve("mail"), name + "'s");
    Files.setPosixFilePermissions(mail, PosixFilePermissions.fromString("rw-------"));
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx------"));
    for (Path each : List.of(mail, made)) {
      Files.setAttribute(each, "unix:uid", uid);
      Files.setAttribute(each, "unix:gid", uid);
    }
    return made;
  }

  /** The tree may lie where only root gets; jars are open before the identity is taken. */
  private String readableClassPath() throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":")) {
      Path classes = Path.of(entry);
      if (Files.isDirectory(classes)) {
        Path copy = directory.resolve("classes" + entries.size());
        copy(classes, copy);
        entries.add(copy.toString());
      } else {
        entries.add(entry);
      }
    }
    return String.join(":", entries);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path each : (Iterable<Path>) files::iterator) {
        Files.copy(each, to.resolve(from.relativize(each)));
      }
    }
  }

  private List<String> intrude() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<String> words = new ArrayList<>(List.of("setpriv", "--no-new-privs"));
      words.addAll(List.of("--bounding-set=-all,+setuid,+setgid", "--inh-caps=-all"));
      words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      words.addAll(List.of("-XX:-UsePerfData", "-cp", readableClassPath()));
      words.addAll(List.of(Intruder.class.getName(), Integer.toString(UID)));
      words.addAll(List.of(home.toString(), other.toString()));
      words.add(Integer.toString(listening.getLocalPort()));
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      byte[] out = process.getInputStream().readAllBytes();
      assertThat(process.waitFor()).as(new String(out, StandardCharsets.UTF_8)).isZero();
      return new String(out, StandardCharsets.UTF_8).lines().toList();
    }
  }

  @Test
  void hasItsUsersFilesAndNobodyElsesAndNoWayBackToRoot() throws Exception {
    List<String> lines = intrude();
    assertThat(lines)
        .filteredOn(line -> line.startsWith("process: "))
        .hasSize(17)
        .filteredOn(line -> !line.endsWith(": refused"))
        .containsExactly("process: own mail: done", "process: write own: done");
    assertThat(Files.readString(other.resolve("mail"))).isEqualTo("joe's");
    Path made = home.resolve("new");
    assertThat(Files.getAttribute(made, "unix:uid")).isEqualTo(UID);
    assertThat(Files.getAttribute(made, "unix:gid")).isEqualTo(UID);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rw-------");
  }

  @Test
  void whoIsConfinedToASiteSeesTheMailOfItsUsersAndNothingElse() throws Exception {
    assumeThat(Confinement.version())
        .as("a kernel with Landlock and its network")
        .isGreaterThanOrEqualTo(4);
    assertThat(intrude())
        .filteredOn(line -> line.startsWith("site: "))
        .hasSize(23)
        .filteredOn(line -> !line.endsWith(": refused"))
        .containsExactly("site: own mail: done", "site: write own: done", "site: neighbour: done");
    assertThat(home.resolve("l")).doesNotExist();
  }

  @Test
  void whoIsConfinedSeesNothingButHisMail() throws Exception {
    assumeThat(Confinement.version())
        .as("a kernel with Landlock and its network")
        .isGreaterThanOrEqualTo(4);
    assertThat(intrude())
        .filteredOn(line -> line.startsWith("confined: "))
        .hasSize(23)
        .filteredOn(line -> !line.endsWith(": refused"))
        .containsExactly("confined: own mail: done", "confined: write own: done");
    assertThat(home.resolve("l")).doesNotExist();
  }
}
