package org.doveadmsshd.auth.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.auth.LinkRules;
import org.doveadmsshd.auth.UserdbChain;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteTest implements SqlDatabaseContract {
  @TempDir static Path directory;

  @BeforeAll
  static void fill() throws Exception {
    SqlDatabaseContract.fill("jdbc:sqlite:" + directory.resolve("users.db"), null, null);
  }

  @Override
  public SqlSettings settings() {
    return SqlDatabaseContract.settings("sqlite", directory.resolve("users.db").toString());
  }

  @Test
  void nothingIsEverWritten() throws Exception {
    with(
        settings ->
            new SqlSettings(
                "sqlite",
                settings.connect(),
                "PLAIN",
                Optional.empty(),
                Optional.of("DELETE FROM users"),
                Optional.empty()),
        database -> assertThatThrownBy(() -> database.find("x")).isInstanceOf(Failure.class));
    with(same -> same, database -> assertThat(database.find("jane@example.org")).isPresent());
  }

  @Test
  void aListingHoldsNoConnectionWhileItsUsersAreWorkedOn() throws Exception {
    Path file = directory.resolve("many.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE users (name TEXT, domain TEXT, home TEXT)");
      statement.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
              + " INSERT INTO users SELECT 'user' || i, 'example.org', '/srv/' || i FROM n");
      statement.execute("INSERT INTO users VALUES ('USER1', 'Example.org', '/srv/again')");
      statement.execute("INSERT INTO users VALUES ('', '', '/srv')");
    }
    SqlSettings settings =
        new SqlSettings(
            "sqlite",
            file + " maxconns=1",
            "PLAIN",
            Optional.empty(),
            Optional.of("SELECT home FROM users WHERE name = '%n' AND domain = '%d'"),
            Optional.of("SELECT name AS username, domain FROM users"));
    List<String> names = new ArrayList<>();
    try (SqlDatabase database = new SqlDatabase(settings, new SqlConnections.Patience(250, 10))) {
      UserdbChain chain =
          new UserdbChain(
              List.of(new UserdbChain.Link(database, LinkRules.USUAL)),
              new MemoryBudget(1 << 20).all());
      chain.forEach(
          name -> {
            assertThat(chain.find(name)).isPresent();
            names.add(name);
          });
    }
    assertThat(names).as("each once, nobody without a name").hasSize(5000).doesNotHaveDuplicates();
  }

  @Test
  void aMissingFileIsNotMade() throws Exception {
    Path missing = directory.resolve("missing.db");
    with(
        settings -> SqlDatabaseContract.settings("sqlite", missing.toString()),
        database -> assertThatThrownBy(() -> database.find("x")).isInstanceOf(Failure.class));
    assertThat(Files.exists(missing)).isFalse();
  }
}
