package org.doveadmsshd.auth.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.Closeable;
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
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Variables;

/** The connections to one database, made when they are needed. Safe for several threads. */
final class SqlConnections implements Closeable {
  static final Patience USUAL = new Patience(5_000, 10);
  private static final long IDLE_MILLIS = 60_000;
  private static final long FAILS_ALIKE_NANOS = 2_000_000_000L;

  private final Patience patience;
  private final HikariDataSource pool;

  /** When there was no connection, by the nano clock; 0 when there was one since. */
  private volatile long failedAt;

  /** How long to wait for the database. */
  record Patience(long connectMillis, int querySeconds) {}

  /**
   * Sets them up; nothing is connected yet.
   *
   * @throws IllegalArgumentException when the settings cannot be understood; see {@link
   *     SqlSettings#mistakes}
   */
  SqlConnections(SqlSettings settings, Patience patience) {
    this.patience = patience;
    HikariConfig config = new HikariConfig();
    config.setPoolName("sql");
    config.setDriverClassName(settings.dialect().driver());
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

  /**
   * The rows that a query finds, in their order; NULL columns are left out.
   *
   * @param most further ones are not asked for
   */
  List<Map<String, String>> rows(SqlQuery query, Variables variables, int most) throws Failure {
    try (Connection connection = open();
        PreparedStatement statement = query.prepare(connection, variables)) {
      statement.setQueryTimeout(patience.querySeconds());
      statement.setMaxRows(most);
      List<Map<String, String>> found = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(row(rows));
        }
      }
      return found;
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  static Map<String, String> row(ResultSet rows) throws SQLException {
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
  Connection open() throws SQLException {
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
  static Failure failure(SQLException e) {
    return Failure.temporary("The user database cannot be asked at the moment", e);
  }

  @Override
  public void close() {
    pool.close();
  }
}
