package org.doveadmsshd.auth.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.Closeable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Variables;

/**
 * Users in an SQL database. Safe for several threads. Connections are made when they are needed: a
 * database that is down does not keep the program from starting.
 */
public final class SqlDatabase implements Userdb, PasswordStore, Closeable {
  private static final Patience USUAL = new Patience(5_000, 10);
  private static final long IDLE_MILLIS = 60_000;
  private static final int FETCH = 1000;
  private static final long FAILS_ALIKE_NANOS = 2_000_000_000L;
  private static final String USERDB_PREFIX = "userdb_";

  private final Optional<SqlQuery> passwordQuery;
  private final Optional<SqlQuery> userQuery;
  private final Optional<SqlQuery> iterateQuery;
  private final Patience patience;
  private final HikariDataSource pool;

  /** When there was no connection, by the nano clock; 0 when there was one since. */
  private volatile long failedAt;

  /** How long to wait for the database. */
  record Patience(long connectMillis, int querySeconds) {}

  /**
   * Sets it up; nothing is connected yet.
   *
   * @throws IllegalArgumentException when the settings cannot be understood; see {@link
   *     SqlSettings#mistakes}
   */
  public SqlDatabase(SqlSettings settings) {
    this(settings, USUAL);
  }

  SqlDatabase(SqlSettings settings, Patience patience) {
    this.patience = patience;
    SqlDialect dialect = settings.dialect();
    passwordQuery = settings.passwordQuery().map(text -> SqlQuery.parse(text, dialect));
    userQuery = settings.userQuery().map(text -> SqlQuery.parse(text, dialect));
    iterateQuery = settings.iterateQuery().map(text -> SqlQuery.parse(text, dialect));
    HikariConfig config = new HikariConfig();
    config.setPoolName("sql");
    config.setDriverClassName(dialect.driver());
    config.setJdbcUrl(settings.url());
    config.setUsername(settings.user());
    config.setPassword(settings.password());
    config.setMaximumPoolSize(settings.maxConnections());
    config.setMinimumIdle(0);
    config.setIdleTimeout(IDLE_MILLIS);
    config.setConnectionTimeout(patience.connectMillis());
    config.setInitializationFailTimeout(-1);
    pool = new HikariDataSource(config);
  }

  @Override
  public Optional<Stored> find(LoginAttempt attempt) throws Failure {
    String user = attempt.user().toLowerCase(Locale.ROOT);
    Optional<Map<String, String>> row =
        single(required(passwordQuery, "password_query"), Variables.of(user, attempt.address()));
    if (row.isEmpty()) {
      return Optional.empty();
    }
    if (!row.get().containsKey("password")) {
      return Optional.of(new Stored("", Map.of()));
    }
    Map<String, String> fields = new LinkedHashMap<>(row.get());
    String password = fields.remove("password");
    fields.keySet().removeIf(field -> field.startsWith(USERDB_PREFIX));
    return Optional.of(new Stored(password, fields));
  }

  @Override
  public Optional<MailUser> find(String name) throws Failure {
    String user = name.toLowerCase(Locale.ROOT);
    Optional<Map<String, String>> row =
        single(required(userQuery, "user_query"), Variables.of(user, ""));
    if (row.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> fields = new LinkedHashMap<>(row.get());
    String spelled = fields.remove("user");
    return Optional.of(new MailUser(spelled == null ? user : spelled, fields));
  }

  @Override
  public boolean canList() {
    return iterateQuery.isPresent();
  }

  @Override
  public void forEach(Visitor visitor) throws Failure, IOException {
    SqlQuery query = required(iterateQuery, "iterate_query");
    try (Connection connection = connection()) {
      connection.setAutoCommit(false); // else PostgreSQL's driver takes all rows into memory
      try (PreparedStatement statement = query.prepare(connection, Variables.of("", ""))) {
        statement.setFetchSize(FETCH);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            Map<String, String> row = row(rows);
            String name = name(row);
            if (name != null) {
              visitor.visit(name.toLowerCase(Locale.ROOT));
            }
          }
        }
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  /** {@code user}, or {@code username} with {@code domain}; null when there is neither. */
  private static String name(Map<String, String> row) {
    String user = row.getOrDefault("user", row.get("username"));
    String domain = row.get("domain");
    if (user == null || user.isEmpty()) {
      return null; // not even with a domain
    }
    return domain == null || user.indexOf('@') >= 0 ? user : user + "@" + domain;
  }

  private static SqlQuery required(Optional<SqlQuery> query, String setting) throws Failure {
    return query.orElseThrow(
        () -> new Failure(Outcome.CONFIGURATION_ERROR, "The SQL settings have no " + setting));
  }

  /** The row that a query finds; NULL columns are left out. */
  private Optional<Map<String, String>> single(SqlQuery query, Variables variables) throws Failure {
    try (Connection connection = connection();
        PreparedStatement statement = query.prepare(connection, variables)) {
      statement.setQueryTimeout(patience.querySeconds());
      statement.setMaxRows(2);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
        Map<String, String> row = row(rows);
        if (rows.next()) {
          throw new Failure(
              Outcome.TEMPORARY_FAILURE, "The user database has several users of one name");
        }
        return Optional.of(row);
      }
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private static Map<String, String> row(ResultSet rows) throws SQLException {
    ResultSetMetaData columns = rows.getMetaData();
    Map<String, String> row = new LinkedHashMap<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String value = rows.getString(i);
      if (value != null) {
        row.put(columns.getColumnLabel(i).toLowerCase(Locale.ROOT), value);
      }
    }
    return row;
  }

  /**
   * A connection. If the last attempt failed a moment ago, this one fails at once: else a run over
   * many users would wait for each of them.
   */
  private Connection connection() throws SQLException {
    long last = failedAt;
    if (last != 0 && System.nanoTime() - last < FAILS_ALIKE_NANOS) {
      throw new SQLTransientConnectionException("there was no connection a moment ago");
    }
    try {
      Connection connection = pool.getConnection();
      failedAt = 0;
      return connection;
    } catch (SQLTransientConnectionException e) {
      failedAt = System.nanoTime() | 1;
      throw e;
    }
  }

  /** The database's text may hold secrets: it is for the log only. */
  private static Failure failure(SQLException e) {
    return Failure.temporary("The user database cannot be asked at the moment", e);
  }

  @Override
  public void close() {
    pool.close();
  }

  /** Names of the settings that cannot be used; for {@link SqlSettings}. */
  static List<String> mistakes(SqlSettings settings) {
    List<String> mistakes = new ArrayList<>();
    Map<String, Optional<String>> queries = new LinkedHashMap<>();
    queries.put("password_query", settings.passwordQuery());
    queries.put("user_query", settings.userQuery());
    queries.put("iterate_query", settings.iterateQuery());
    queries.forEach(
        (name, query) -> {
          try {
            query.ifPresent(text -> SqlQuery.parse(text, settings.dialect()));
          } catch (IllegalArgumentException e) {
            mistakes.add(name + ": " + e.getMessage());
          }
        });
    return mistakes;
  }
}
