package org.doveadmsshd.auth.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

@EnabledIf("isInstalled")
class PostgresTest implements SqlDatabaseContract {
  @TempDir static Path directory;
  private static DatabaseServer server;

  static boolean isInstalled() {
    return DatabaseServer.program("initdb").isPresent();
  }

  @BeforeAll
  static void start() throws Exception {
    server = DatabaseServer.postgres(directory);
    SqlDatabaseContract.fill(
        "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres", "admin", "");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  public SqlSettings settings() {
    return SqlDatabaseContract.settings(
        "pgsql", "host=127.0.0.1 port=" + server.port() + " dbname=postgres user=admin");
  }

  private static SqlSettings asking(SqlSettings settings, String query) {
    return new SqlSettings(
        settings.driver(),
        settings.connect(),
        "PLAIN",
        Optional.empty(),
        Optional.of(query),
        Optional.empty());
  }

  @Test
  void aVariableMayBeComparedWithANumber() throws Exception {
    with(
        settings -> asking(settings, "SELECT home FROM users WHERE uid = '%n'"),
        database ->
            assertThat(database.find("5000@x").orElseThrow().home())
                .contains("/srv/example.org/jane"));
  }

  @Test
  void aSlowAnswerIsNotWaitedForForEver() throws Exception {
    SqlSettings sleeping = asking(settings(), "SELECT pg_sleep(600)");
    try (SqlDatabase database = new SqlDatabase(sleeping, new SqlConnections.Patience(5_000, 1))) {
      long begun = System.nanoTime();
      assertThatThrownBy(() -> database.find("x"))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(75));
      assertThat((System.nanoTime() - begun) / 1_000_000_000L).isLessThan(300);
    }
  }

  @Test
  void aSlowAnswerAboutAPlaceIsNotWaitedForForEver() throws Exception {
    SqlConnections.Patience patience = new SqlConnections.Patience(5_000, 1);
    try (SqlLookup lookup = new SqlLookup(settings(), "SELECT pg_sleep(600)", patience)) {
      assertThatThrownBy(() -> lookup.find("x", 1))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(75));
    }
  }
}
