package org.doveadmsshd.brain.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.doveadmsshd.auth.sql.SqlLookup;
import org.doveadmsshd.auth.sql.SqlSettings;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Users are where a query says. */
class SqlPlacementTest {
  private static final ServerNames SERVERS =
      new ServerNames(
          List.of(
              new ServerNames.Known("mail1", "127.0.0.1", 2222),
              new ServerNames.Known("mail2", "127.0.0.2", 2222)));

  /** As docs/placement.md has it. */
  private static final String LUA_DIRECTOR =
      "SELECT b.hostip AS server FROM user_backend u JOIN backends b ON b.id = u.backend_id"
          + " WHERE u.user = '%u' AND b.state = 'up'";

  @TempDir Path directory;
  private Path database;

  @BeforeEach
  void fill() throws Exception {
    database = directory.resolve("places.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE backends (id, hostname, hostip, state)");
      statement.execute("CREATE TABLE user_backend (backend_id, user)");
      statement.execute("INSERT INTO backends VALUES (1, 'a', '127.0.0.1', 'up')");
      statement.execute("INSERT INTO backends VALUES (2, 'b', '127.0.0.2', 'up')");
      statement.execute("INSERT INTO backends VALUES (3, 'c', '127.0.0.2', 'down')");
      statement.execute("INSERT INTO user_backend VALUES (1, 'jane'), (2, 'joe'), (3, 'jim')");
    }
  }

  private Place place(String query, String user) throws Failure {
    SqlSettings settings =
        new SqlSettings(
            "sqlite",
            database.toString(),
            "PLAIN",
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    try (SqlLookup lookup = new SqlLookup(settings, query)) {
      return new SqlPlacement(lookup, SERVERS).of(user);
    }
  }

  @Test
  void theTablesOfDovecotsLuaDirectorSayWhereUsersAre() throws Exception {
    assertThat(place(LUA_DIRECTOR, "JANE")).isEqualTo(Place.at(List.of("mail1"), "JANE", "query"));
    assertThat(place(LUA_DIRECTOR, "joe").servers()).containsExactly("mail2");
    assertThat(place(LUA_DIRECTOR, "jim").servers()).as("his backend is down").isEmpty();
    assertThat(place(LUA_DIRECTOR, "nobody").servers()).isEmpty();
  }

  @Test
  void rowsAreServersInTheirOrderAndTheFirstHasTheTerm() throws Exception {
    String query =
        "SELECT 'x' AS other, CASE id WHEN 1 THEN 'mail1' ELSE 'mail2' END AS server,"
            + " id * 10 AS term FROM backends ORDER BY id DESC";
    assertThat(place(query, "jane"))
        .isEqualTo(new Place(List.of("mail2", "mail1"), "jane", OptionalLong.of(30), "query"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "SELECT 'mail9', configuration has no server",
        "SELECT NULL AS server, a row without a server",
        "\"SELECT 'mail1' AS server, -1 AS term\", bad term for the user: -1",
        "\"SELECT 'mail1' AS server, 1.5 AS term\", bad term for the user: 1.5",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99)"
            + " SELECT 'mail1' FROM n, more than 16 servers",
      })
  void whatCannotBeAPlaceIsAFailureOfThisUser(String query, String mistake) {
    assertThatThrownBy(() -> place(query, "jane"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.DATA_ERROR))
        .hasMessageContaining(mistake);
  }

  @Test
  void aTableThatIsMissingIsATemporaryFailureThatShowsNothing() {
    assertThatThrownBy(() -> place("SELECT server FROM secretplaces", "jane"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE))
        .hasMessageNotContaining("secretplaces");
  }
}
