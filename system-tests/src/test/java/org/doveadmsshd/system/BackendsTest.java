package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users and masters in a database, as an administrator sees it through the stock client. */
class BackendsTest {
  @TempDir static Path directory;
  private static TestSite site;

  @BeforeAll
  static void start() throws Exception {
    site = new TestSite(directory, 4);
    database();
    Files.writeString(
        directory.resolve("sql.conf"),
        """
        driver = sqlite
        connect = %s
        default_pass_scheme = PLAIN
        password_query = SELECT password, keys AS authorized_keys FROM masters WHERE name = '%%u'
        user_query = SELECT home FROM users WHERE name = '%%u'
        iterate_query = SELECT name AS user FROM users ORDER BY name
        """
            .formatted(directory.resolve("users.db")));
    Path file = directory.resolve("sshd.conf");
    String before = Files.readString(file);
    String after =
        before
            .replaceAll("passdb \\{[^}]*}", "passdb {\n driver = sql\n args = sql.conf\n}")
            .replaceAll("userdb \\{[^}]*}", "userdb {\n driver = sql\n args = sql.conf\n}");
    Files.writeString(file, "authorized_keys_passdb = yes\n" + after);
    assertThat(site.doveadm("reload").code()).isZero();
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  private static void database() throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("users.db"));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE masters (name TEXT, password TEXT, keys TEXT)");
      statement.execute("INSERT INTO masters VALUES ('admin', 'from the database', NULL)");
      statement.execute("CREATE TABLE users (name TEXT, home TEXT)");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO users VALUES (?, ?)")) {
        for (String line : Files.readAllLines(directory.resolve("users"))) {
          String[] columns = line.split(":");
          insert.setString(1, columns[0]);
          insert.setString(2, columns[5]);
          insert.executeUpdate();
        }
      }
    }
  }

  @Test
  void usersComeFromTheDatabase() throws Exception {
    List<String> names =
        Files.readAllLines(directory.resolve("users")).stream()
            .map(line -> line.substring(0, line.indexOf(':')))
            .sorted()
            .toList();
    assertThat(site.doveadm("user '*'").lines()).isEqualTo(names);
    assertThat(site.as("admin@example.org", "user '*'").lines())
        .isEqualTo(names.stream().filter(name -> name.endsWith("@example.org")).toList());
    TestSite.Result all = site.doveadm("-f tab mailbox status -A messages INBOX");
    assertThat(all.code()).isZero();
    assertThat(all.lines()).hasSize(names.size() + 1);
    assertThat(site.doveadm("search -u nobody@example.org all").code()).isEqualTo(67);
    assertThat(site.doveadm("search -u \"x' OR '1'='1\" all").code()).isEqualTo(67);
  }

  @Test
  void aMastersKeysComeFromTheDatabase() throws Exception {
    Path file = directory.resolve("authorized/admin");
    String key = Files.readString(file);
    Files.delete(file);
    assertThat(site.doveadm("who").code()).isEqualTo(255);
    keys("commands=\"who\" " + key);
    awaitCode(0);
    assertThat(site.doveadm("user '*'").code()).as("its options hold").isEqualTo(77);
    keys("");
    awaitCode(255);
    Files.writeString(file, key);
  }

  private static void keys(String lines) throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("users.db"));
        PreparedStatement update = connection.prepareStatement("UPDATE masters SET keys = ?")) {
      update.setString(1, lines);
      update.executeUpdate();
    }
    site.daemon.reload();
  }

  /** The database is asked in the background. */
  private static void awaitCode(int code) throws Exception {
    long end = System.nanoTime() + 20_000_000_000L;
    int last;
    do {
      last = site.doveadm("who").code();
    } while (last != code && System.nanoTime() < end);
    assertThat(last).isEqualTo(code);
  }

  @Test
  void aMastersPasswordComesFromTheDatabase() throws Exception {
    assertThat(site.withPassword("secret").code()).as("of the file before").isEqualTo(255);
    assertThat(site.withPassword("from the database").code()).isZero();
  }

  @Test
  void aDatabaseThatIsGoneIsATemporaryFailureAndNoRefusal() throws Exception {
    Path file = directory.resolve("users.db");
    byte[] right = Files.readAllBytes(file);
    Files.writeString(file, "no database, but enough bytes to be one if it were".repeat(1000));
    try {
      TestSite.Result all = site.doveadm("search -A mailbox INBOX all");
      assertThat(all.code()).isEqualTo(75);
      assertThat(all.error()).contains("cannot be asked at the moment").doesNotContain("SQL");
      assertThat(site.doveadm("search -u user0001@example.org all").code()).isEqualTo(75);
      assertThat(site.withPassword("from the database").error())
          .contains("Passwords cannot be verified at the moment")
          .doesNotContain("Permission denied");
    } finally {
      Files.write(file, right);
    }
    assertThat(site.doveadm("user '*'").code()).as("it is back").isZero();
  }

  @Test
  void aConfigurationWithMistakesChangesNothing() throws Exception {
    Path sql = directory.resolve("sql.conf");
    String right = Files.readString(sql);
    Files.writeString(sql, right.replace("'%u'", "'%q'"));
    try {
      TestSite.Result result = site.doveadm("reload");
      assertThat(result.code()).isEqualTo(78);
      assertThat(result.error()).contains("unknown variable %q").contains("Nothing was changed");
      assertThat(site.doveadm("user '*'").code()).isZero();
    } finally {
      Files.writeString(sql, right);
    }
  }
}
