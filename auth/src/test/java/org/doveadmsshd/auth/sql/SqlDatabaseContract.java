package org.doveadmsshd.auth.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.auth.HashedPassdb;
import org.doveadmsshd.auth.Hashing;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is promised of users in every database. */
interface SqlDatabaseContract {
  int MANY = 20_000;

  /** The settings of a database that has been {@link #fill filled}. */
  SqlSettings settings();

  /** Makes the table and its users. */
  static void fill(String url, String user, String password) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, user, password);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE users (name VARCHAR(200), domain VARCHAR(200), password VARCHAR(200),"
              + " uid INTEGER, home VARCHAR(200), quota VARCHAR(50))");
      fillPlaces(statement);
      connection.setAutoCommit(false);
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?)")) {
        insert(insert, "jane", "example.org", "{PLAIN}secret", 5000, "*:storage=1G");
        insert(insert, "bob", "example.org", null, 5001, null);
        insert(insert, "twice", "example.org", "{PLAIN}x", 1, null);
        insert(insert, "twice", "example.org", "{PLAIN}x", 2, null);
        for (int i = 0; i < MANY; i++) {
          insert(insert, "user" + i, "example.net", "{PLAIN}x", 10_000 + i, null);
        }
      }
      connection.commit();
    }
  }

  /** The two tables of Dovecot's Lua director. */
  private static void fillPlaces(Statement statement) throws SQLException {
    statement.execute(
        "CREATE TABLE backends (id INTEGER PRIMARY KEY, hostname VARCHAR(200),"
            + " hostip VARCHAR(50), state VARCHAR(10))");
    statement.execute("CREATE TABLE user_backend (backend_id INTEGER, username VARCHAR(200))");
    statement.execute("INSERT INTO backends VALUES (1, 'mail1.example.org', '127.0.0.1', 'up')");
    statement.execute("INSERT INTO backends VALUES (2, 'mail2.example.org', '127.0.0.2', 'up')");
    statement.execute("INSERT INTO user_backend VALUES (2, 'jane@example.org')");
    statement.execute("INSERT INTO user_backend VALUES (1, 'o''hara \"x\"@example.org')");
  }

  private static void insert(
      PreparedStatement insert, String name, String domain, String password, int uid, String quota)
      throws SQLException {
    insert.setString(1, name);
    insert.setString(2, domain);
    insert.setString(3, password);
    insert.setInt(4, uid);
    insert.setString(5, "/srv/" + domain + "/" + name);
    insert.setString(6, quota);
    insert.executeUpdate();
  }

  static SqlSettings settings(String driver, String connect) {
    return new SqlSettings(
        driver,
        connect,
        "PLAIN",
        Optional.of(
            "SELECT name AS user, password, 'yes' AS proxy, 'x' AS userdb_x FROM users"
                + " WHERE name = '%n' AND domain = '%d'"),
        Optional.of(
            "SELECT home, uid, quota AS quota_rule, '/var/index/%d/%n' AS idx FROM users"
                + " WHERE name = '%n' AND domain = '%d'"),
        Optional.of("SELECT name AS username, domain FROM users ORDER BY domain, name"));
  }

  /** Does something with a database that is closed afterwards. */
  default void with(UnaryOperator<SqlSettings> change, Work work) throws Exception {
    try (SqlDatabase database = new SqlDatabase(change.apply(settings()))) {
      work.on(database);
    }
  }

  /** What is done. */
  @FunctionalInterface
  interface Work {
    void on(SqlDatabase database) throws Exception;
  }

  @Test
  default void aUserHasTheFieldsOfHisRow() throws Exception {
    with(
        same -> same,
        database -> {
          assertThat(database.find("Jane@Example.org"))
              .contains(
                  new MailUser(
                      "jane@example.org",
                      Map.of(
                          "home",
                          "/srv/example.org/jane",
                          "uid",
                          "5000",
                          "quota_rule",
                          "*:storage=1G",
                          "idx",
                          "/var/index/example.org/jane")));
          assertThat(database.find("bob@example.org").orElseThrow().fields())
              .doesNotContainKey("quota_rule");
          assertThat(database.find("nobody@example.org")).isEmpty();
          assertThat(database.find("jane@example.net")).isEmpty();
        });
  }

  @Test
  default void aPasswordIsRightOrWrong() throws Exception {
    with(
        same -> same,
        database -> {
          Passdb passdb =
              new HashedPassdb(database, "PLAIN", new Hashing(new MemoryBudget(1L << 28).all()));
          assertThat(passdb.verify(new LoginAttempt("jane@example.org", "secret", "")))
              .isEqualTo(
                  new Passdb.Answer(Passdb.Verdict.RIGHT, Map.of("user", "jane", "proxy", "yes")));
          for (String wrong : List.of("Secret", "", "{PLAIN}secret", "x".repeat(10_000))) {
            assertThat(passdb.verify(new LoginAttempt("jane@example.org", wrong, "")))
                .isEqualTo(Passdb.Answer.WRONG);
          }
          assertThat(passdb.verify(new LoginAttempt("nobody@example.org", "secret", "")))
              .isEqualTo(Passdb.Answer.UNKNOWN_USER);
          for (String any : List.of("", "x", "null")) {
            assertThat(passdb.verify(new LoginAttempt("bob@example.org", any, "")))
                .as("who has no password does not get in")
                .isEqualTo(Passdb.Answer.WRONG);
          }
        });
  }

  @Test
  default void anyQueryAboutAUserCanBeAsked() throws Exception {
    String query =
        "SELECT b.hostname AS Server, b.id AS term, NULL AS port FROM user_backend u"
            + " JOIN backends b ON b.id = u.backend_id WHERE u.username = '%u'";
    assertThat(SqlLookup.mistake(settings(), query)).isEmpty();
    assertThat(SqlLookup.mistake(settings(), "SELECT '%u").orElseThrow()).contains("does not end");
    try (SqlLookup lookup = new SqlLookup(settings(), query)) {
      assertThat(lookup.find("JANE@example.org", 2))
          .containsExactly(Map.of("server", "mail2.example.org", "term", "2"));
      assertThat(lookup.find("o'hara \"x\"@example.org", 2))
          .containsExactly(Map.of("server", "mail1.example.org", "term", "1"));
      assertThat(lookup.find("jane' OR '1'='1", 2)).isEmpty();
    }
    try (SqlLookup lookup =
        new SqlLookup(settings(), "SELECT hostname FROM backends ORDER BY id DESC")) {
      assertThat(lookup.find("jane", 10))
          .containsExactly(
              Map.of("hostname", "mail2.example.org"), Map.of("hostname", "mail1.example.org"));
      assertThat(lookup.find("jane", 1)).hasSize(1);
    }
  }

  @Test
  default void whoHasNoPasswordHasFieldsAllTheSame() throws Exception {
    with(
        same -> same,
        database ->
            assertThat(database.find(new LoginAttempt("bob@example.org", "", "")).orElseThrow())
                .isEqualTo(new PasswordStore.Stored("", Map.of("user", "bob", "proxy", "yes"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jane' OR '1'='1",
        "jane'--",
        "jane\\",
        "jane\\'@example.org",
        "jan_@example.org",
        "%@example.org",
        "jane@example.org' UNION SELECT '/', 0, '', ''--",
        "'; DROP TABLE users; --",
        "\"jane\"@example.org",
        "jane@example.org;",
        "?",
        "%u%n%%",
        "日本@example.org"
      })
  default void aNameIsNeverTakenForSql(String name) throws Exception {
    with(
        same -> same,
        database -> {
          assertThat(database.find(name)).isEmpty();
          assertThat(database.find(new LoginAttempt(name, "x", name))).isEmpty();
          assertThat(database.find("jane@example.org")).isPresent();
        });
  }

  @Test
  default void severalRowsOfOneNameAreAFailureNotAGuess() throws Exception {
    with(
        same -> same,
        database ->
            assertThatThrownBy(() -> database.find("twice@example.org"))
                .isInstanceOfSatisfying(
                    Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(75)));
  }

  @Test
  default void allUsersAreListedAsTheyCome() throws Exception {
    with(
        same -> same,
        database -> {
          assertThat(database.canList()).isTrue();
          List<String> names = new ArrayList<>();
          database.forEach(names::add);
          assertThat(names)
              .hasSize(MANY + 4)
              .contains("jane@example.org", "user0@example.net", "user19999@example.net");
          List<String> first = new ArrayList<>();
          assertThatThrownBy(
                  () ->
                      database.forEach(
                          name -> {
                            first.add(name);
                            throw new java.io.IOException("enough");
                          }))
              .hasMessage("enough");
          assertThat(first).hasSize(1);
          assertThat(database.find("jane@example.org")).as("the connection is back").isPresent();
        });
  }

  @Test
  default void aQueryThatTheDatabaseRefusesIsATemporaryFailureThatShowsNothing() throws Exception {
    with(
        settings ->
            new SqlSettings(
                settings.driver(),
                settings.connect(),
                "PLAIN",
                Optional.empty(),
                Optional.of("SELECT secretcolumn FROM nosuchtable WHERE u = '%u'"),
                Optional.empty()),
        database -> {
          assertThatThrownBy(() -> database.find("jane"))
              .isInstanceOfSatisfying(
                  Failure.class,
                  e -> {
                    assertThat(e.outcome().exitCode()).isEqualTo(75);
                    assertThat(e.getMessage()).doesNotContain("nosuchtable");
                  });
          assertThat(database.canList()).isFalse();
          assertThatThrownBy(() -> database.find(new LoginAttempt("jane", "x", "")))
              .hasMessageContaining("password_query");
        });
  }
}
