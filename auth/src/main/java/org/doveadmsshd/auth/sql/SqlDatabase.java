package org.doveadmsshd.auth.sql;

import java.io.Closeable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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
  private static final int FETCH = 1000;
  private static final String USERDB_PREFIX = "userdb_";

  private final Optional<SqlQuery> passwordQuery;
  private final Optional<SqlQuery> userQuery;
  private final Optional<SqlQuery> iterateQuery;
  private final SqlConnections connections;

  /**
   * Sets it up; nothing is connected yet.
   *
   * @throws IllegalArgumentException when the settings cannot be understood; see {@link
   *     SqlSettings#mistakes}
   */
  public SqlDatabase(SqlSettings settings) {
    this(settings, SqlConnections.USUAL);
  }

  SqlDatabase(SqlSettings settings, SqlConnections.Patience patience) {
    SqlDialect dialect = settings.dialect();
    passwordQuery = settings.passwordQuery().map(text -> SqlQuery.parse(text, dialect));
    userQuery = settings.userQuery().map(text -> SqlQuery.parse(text, dialect));
    iterateQuery = settings.iterateQuery().map(text -> SqlQuery.parse(text, dialect));
    connections = new SqlConnections(settings, patience);
  }

  @Override
  public Optional<Stored> find(LoginAttempt attempt) throws Failure {
    String user = attempt.user().toLowerCase(Locale.ROOT);
    Optional<Map<String, String>> row =
        single(required(passwordQuery, "password_query"), Variables.of(user, attempt.address()));
    if (row.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> fields = new LinkedHashMap<>(row.get());
    String password = fields.getOrDefault("password", "");
    fields.remove("password");
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
    try (Connection connection = connections.open()) {
      connection.setAutoCommit(false); // else PostgreSQL's driver takes all rows into memory
      try (PreparedStatement statement = query.prepare(connection, Variables.of("", ""))) {
        statement.setFetchSize(FETCH);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            Map<String, String> row = SqlConnections.row(rows);
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
      throw SqlConnections.failure(e);
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
    List<Map<String, String>> rows = connections.rows(query, variables, 2);
    if (rows.size() > 1) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE, "The user database has several users of one name");
    }
    return rows.stream().findFirst();
  }

  @Override
  public void close() {
    connections.close();
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
