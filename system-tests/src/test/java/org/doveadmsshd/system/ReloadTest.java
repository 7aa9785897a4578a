package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is under way when the configuration is read anew goes on with the old one. */
class ReloadTest {
  private static final int USERS = 24;
  private static final String MARK = "X-Large: yes";

  /** More than lies between a client that does not read and a lane. */
  private static final int LARGE = 2 * 1024 * 1024;

  @TempDir Path directory;
  private TestSite site;
  private List<String> users;

  @BeforeEach
  void start() throws Exception {
    site = new TestSite(directory, USERS);
    users = Files.readAllLines(directory.resolve("users"));
    database("one.db");
    useDatabase("one.db");
    for (String line : users) {
      Path inbox = Path.of(line.split(":")[5], "Maildir/cur");
      String text = MARK + "\n\n" + ("x".repeat(70) + "\n").repeat(LARGE / 71);
      Files.writeString(inbox.resolve("1790000000.M1P1.large:2,"), text);
    }
    Path file = directory.resolve("sshd.conf");
    String passwdFile = "args = users";
    Files.writeString(
        file,
        Files.readString(file)
            .replace("driver = passwd-file\n  " + passwdFile, "driver = sql\n  args = sql.conf"));
    site.daemon.reload();
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private void database(String name) throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve(name));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE users (name TEXT, home TEXT)");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO users VALUES (?, ?)")) {
        for (String line : users) {
          insert.setString(1, line.split(":")[0]);
          insert.setString(2, line.split(":")[5]);
          insert.executeUpdate();
        }
      }
    }
  }

  private void useDatabase(String name) throws IOException {
    Files.writeString(
        directory.resolve("sql.conf"),
        """
        driver = sqlite
        connect = %s
        user_query = SELECT home FROM users WHERE name = '%%u'
        iterate_query = SELECT name AS user FROM users
        """
            .formatted(directory.resolve(name)));
  }

  @Test
  void aRunThatIsUnderWayFailsForNobodyWhenTheDatabaseIsAnotherNow() throws Exception {
    List<String> words = site.ssh("admin");
    words.add("doveadm fetch -A text mailbox INBOX header X-Large yes");
    survivesReload(words);
  }

  @Test
  void anOpenLaneFailsForNobodyWhenTheDatabaseIsAnotherNow() throws Exception {
    List<String> words =
        site.doveadmSshWords("fetch", "-A", "text", "mailbox", "INBOX", "header", "X-Large", "yes");
    words.add(1, "-Xmx64m");
    survivesReload(words);
  }

  private void survivesReload(List<String> words) throws Exception {
    Path error = directory.resolve("error");
    Process client = new ProcessBuilder(words).redirectError(error.toFile()).start();
    client.getOutputStream().close();
    InputStream out = client.getInputStream();
    byte[] first = out.readNBytes(1); // from now on the client is not read from
    database("two.db");
    useDatabase("two.db");
    site.daemon.reload();
    String rest = new String(out.readAllBytes(), StandardCharsets.ISO_8859_1);
    assertThat(client.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(error)).doesNotContain("Error").contains(USERS + " fetched");
    assertThat(client.exitValue()).isZero();
    assertThat(first).hasSize(1);
    assertThat(rest.split(MARK, -1)).hasSize(USERS + 1);
    SupervisedSite.await("the old database to be closed", () -> !isOpen("one.db"));
    assertThat(site.doveadm("user '*'").lines()).hasSize(USERS);
  }

  private boolean isOpen(String database) {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.anyMatch(each -> target(each).endsWith("/" + database));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  @Test
  void aReloadThatFailsLateChangesNothing() throws Exception {
    Path file = directory.resolve("sshd.conf");
    Files.writeString(
        file,
        Files.readString(file)
            + "audit_log = other.log\nbase_dir = run\n"
            + "service doveadm {\nisolation = process\nuser = "
            + System.getProperty("user.name")
            + "\n}\n");
    useDatabase("nosuch/users.db");
    TestSite.Result result = site.doveadm("reload");
    assertThat(result.code()).isEqualTo(75);
    assertThat(result.error()).contains("is doveadm-supervisor running?");
    assertThat(site.doveadm("user '*'").lines()).hasSize(USERS);
    assertThat(directory.resolve("other.log")).isEmptyFile();
  }
}
