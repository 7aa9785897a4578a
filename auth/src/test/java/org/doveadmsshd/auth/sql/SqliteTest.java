package org.doveadmsshd.auth.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
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
  void aMissingFileIsNotMade() throws Exception {
    Path missing = directory.resolve("missing.db");
    with(
        settings -> SqlDatabaseContract.settings("sqlite", missing.toString()),
        database -> assertThatThrownBy(() -> database.find("x")).isInstanceOf(Failure.class));
    assertThat(Files.exists(missing)).isFalse();
  }
}
