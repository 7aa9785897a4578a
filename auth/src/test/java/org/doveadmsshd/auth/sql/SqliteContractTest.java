package org.doveadmsshd.auth.sql;

import java.io.Closeable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.HashedPassdb;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.PassdbContract;
import org.doveadmsshd.auth.UserdbContract;
import org.junit.jupiter.api.Nested;

/** The promises of userdbs and passdbs that are tables. */
class SqliteContractTest {
  private static void execute(Path directory, String... statements) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("users.db"));
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private static void create(Path directory) throws SQLException {
    execute(
        directory,
        "CREATE TABLE users (name TEXT, password TEXT)",
        "INSERT INTO users VALUES ('jane', 'sesame'), ('joe', '{PLAIN}other')");
  }

  private static SqlDatabase database(Path directory) {
    return new SqlDatabase(
        new SqlSettings(
            "sqlite",
            directory.resolve("users.db").toString(),
            "PLAIN",
            Optional.of("SELECT name AS user, password FROM users WHERE name = '%u'"),
            Optional.of("SELECT '/srv/%u' AS home FROM users WHERE name = '%u'"),
            Optional.of("SELECT name AS username FROM users ORDER BY name")));
  }

  @Nested
  class Users extends UserdbContract {
    @Override
    protected Userdb open() throws Exception {
      create(directory);
      return database(directory);
    }

    @Override
    protected void add(String user) throws Exception {
      execute(directory, "INSERT INTO users VALUES ('" + user + "', 'x')");
    }

    @Override
    protected boolean breakDown() throws Exception {
      execute(directory, "DROP TABLE users");
      return true;
    }

    @Override
    protected void repair() throws Exception {
      create(directory);
    }
  }

  @Nested
  class Passwords extends PassdbContract {
    private SqlDatabase database;

    @Override
    protected Passdb open() throws Exception {
      create(directory);
      database = database(directory);
      return new HashedPassdb(database, "PLAIN", hashing);
    }

    @Override
    protected Closeable source() {
      return database;
    }

    @Override
    protected void change(String password) throws Exception {
      execute(directory, "UPDATE users SET password = '" + password + "' WHERE name = 'jane'");
    }

    @Override
    protected void breakDown() throws Exception {
      execute(directory, "DROP TABLE users");
    }

    @Override
    protected void repair() throws Exception {
      create(directory);
    }
  }
}
