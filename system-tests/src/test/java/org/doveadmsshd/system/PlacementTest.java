package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two servers that both list all users, and what the placement makes of that. */
@Timeout(240)
class PlacementTest {
  private static final int USERS = 12;

  @TempDir static Path directory;
  private static TestSite one;
  private static TestSite two;
  private static String known;

  @BeforeAll
  static void start() throws Exception {
    one = new TestSite(Files.createDirectory(directory.resolve("one")), USERS);
    two = new TestSite(Files.createDirectory(directory.resolve("two")), USERS);
    Files.copy(
        one.directory.resolve("key-admin.pub"),
        two.directory.resolve("authorized").resolve("admin"),
        StandardCopyOption.REPLACE_EXISTING);
    known =
        Files.readString(one.directory.resolve("known_hosts"))
            + Files.readString(two.directory.resolve("known_hosts"));
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
  }

  private static String server(String name, int port) {
    return "server %s {\nhost = 127.0.0.1\nport = %d\nuser = admin\nworkers = 2\n}\n"
        .formatted(name, port);
  }

  /** Carries a line out on both servers. */
  private static TestSite.Result run(String placement, String... words) throws Exception {
    return runOn(server("one", one.port()) + server("two", two.port()) + placement, words);
  }

  private static TestSite.Result runOn(String settings, String... words) throws Exception {
    Files.writeString(one.directory.resolve("known_hosts"), known);
    Files.writeString(
        one.directory.resolve("doveadm-ssh.conf"),
        "known_hosts = known_hosts\nidentity = key-admin\nstate_directory = state\n" + settings);
    return one.doveadmSsh(words);
  }

  private static String masks(String masks) {
    return "placement {\ndriver = static\nmasks {\n" + masks + "}\n}\n";
  }

  @Test
  void withMasksEachUserIsWorkedOnOnceAndOthersWhoListHimAreCounted() throws Exception {
    String masks = masks("*@example.org = one\n* = two\n");
    TestSite.Result everywhere = run("", "user", "*");
    TestSite.Result placed =
        run(masks, "-f", "tab", "mailbox", "status", "-A", "messages", "INBOX");
    assertThat(placed.code()).as(placed.error()).isZero();
    List<String> users = placed.lines().stream().skip(1).map(row -> row.split("\t")[0]).toList();
    assertThat(users).doesNotHaveDuplicates().isNotEmpty();
    assertThat(everywhere.lines()).containsAll(users);
    assertThat(placed.error())
        .contains(users.size() + " users were listed by servers that they are not placed on");
  }

  @Test
  void aCommandThatWritesWritesOnlyWhereTheUserIs() throws Exception {
    String user = "user0001@example.com";
    TestSite.Result made = run(masks("* = two\n"), "mailbox", "create", "-A", "Placed");
    assertThat(made.code()).as(made.error()).isZero();
    assertThat(one.maildir(user).resolve(".Placed")).doesNotExist();
    assertThat(two.maildir(user).resolve(".Placed")).isDirectory();
    TestSite.Result named = run(masks("* = one\n"), "mailbox", "create", "-u", user, "Named");
    assertThat(named.code()).as(named.error()).isZero();
    assertThat(one.maildir(user).resolve(".Named")).isDirectory();
    assertThat(two.maildir(user).resolve(".Named")).doesNotExist();
  }

  @Test
  void aHashPutsEachUserOnOneServerAndWhereSaysOnWhich() throws Exception {
    String hash = "placement {\ndriver = hash\n}\n";
    TestSite.Result where = run(hash, "-f", "tab", "where", "-A");
    assertThat(where.code()).as(where.error()).isZero();
    assertThat(where.lines().get(0)).isEqualTo("user\tserver\trule\tterm");
    List<String> rows = where.lines().subList(1, where.lines().size());
    List<String> users = rows.stream().map(row -> row.split("\t")[0]).toList();
    assertThat(users).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(USERS);
    List<String> words = new ArrayList<>(List.of("-f", "tab", "-h", "where"));
    words.addAll(users);
    TestSite.Result named = run(hash, words.toArray(String[]::new));
    assertThat(named.lines()).containsExactlyInAnyOrderElementsOf(rows);
    TestSite.Result run = run(hash, "search", "-A", "mailbox", "INBOX", "1");
    assertThat(run.code()).as(run.error()).isZero();
    assertThat(run.error()).contains("search: " + users.size() + " users");
  }

  @Test
  void whereNeedsNoServerForWhomItIsGivenByName() throws Exception {
    Path file = Files.writeString(directory.resolve("users"), "jane\tgone\t7\njoe one\n");
    String settings =
        "server gone {\nhost = 192.0.2.1\nuser = admin\n}\nplacement {\ndriver = static\nfile = "
            + file
            + "\n}\n";
    TestSite.Result where = run(settings, "-f", "json", "where", "jane", "nobody");
    assertThat(where.out())
        .isEqualToIgnoringNewLines(
            "[{\"user\":\"jane\",\"server\":\"gone\",\"rule\":\"file\",\"term\":\"7\"}]");
    assertThat(where.error()).contains("nobody: No server is meant for this user");
    assertThat(where.code()).isEqualTo(67);
    assertThat(run(settings, "where").code()).isEqualTo(64);
    Files.writeString(file, "jane\tgone\t7\njoe nowhere\n");
    TestSite.Result refused = run(settings, "search", "-u", "jane", "all");
    assertThat(refused.code()).isEqualTo(78);
    assertThat(refused.error()).contains("line 2: the configuration has no server \"nowhere\"");
  }

  @Test
  void aDatabaseThatIsDownFailsItsUsersAndNotTheRun() throws Exception {
    Path sql =
        Files.writeString(
            directory.resolve("sql.conf"),
            "driver = sqlite\nconnect = /nonexistent/places.db\nquery = SELECT 'one'\n");
    String settings = "placement {\ndriver = sql\nargs = " + sql + "\n}\n";
    TestSite.Result result = run(settings, "search", "-u", "user0001@example.com", "all");
    assertThat(result.code()).isEqualTo(75);
    assertThat(result.error())
        .contains("user0001@example.com")
        .contains("It cannot be said where the user is");
  }

  @Test
  void oneServerUnderTwoNamesIsRefusedWithBoth() throws Exception {
    TestSite.Result place =
        runOn(server("a", one.port()) + server("b", one.port()), "search", "-A", "all");
    assertThat(place.code()).isEqualTo(78);
    assertThat(place.error()).contains("servers a and b are one server under two names");
    String both = server("one", one.port()) + server("two", two.port());
    known = known + known.replace(":" + one.port() + " ", ":" + two.port() + " ");
    TestSite.Result key = runOn(both, "search", "-A", "all");
    assertThat(key.code()).isEqualTo(78);
    assertThat(key.error()).contains("Servers one and two have one host key, SHA256:");
    known = known.substring(0, known.length() / 2);
  }
}
