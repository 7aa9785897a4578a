package org.doveadmsshd.auth.sql;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

@EnabledIf("isInstalled")
class MariadbTest implements SqlDatabaseContract {
  @TempDir static Path directory;
  private static DatabaseServer server;

  static boolean isInstalled() {
    return DatabaseServer.program("mariadbd").isPresent();
  }

  @BeforeAll
  static void start() throws Exception {
    server = DatabaseServer.mariadb(directory);
    SqlDatabaseContract.fill(
        "jdbc:mariadb://127.0.0.1:" + server.port() + "/mail", "admin", "it's secret");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  public SqlSettings settings() {
    return SqlDatabaseContract.settings(
        "mysql",
        "host=127.0.0.1 port=%d dbname=mail user=admin password=\"it's secret\""
            .formatted(server.port()));
  }
}
