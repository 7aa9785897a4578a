package org.doveadmsshd.auth.sql;

import java.io.Closeable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Variables;

/**
 * One query about a user, whatever it asks for. Safe for several threads. Connections are made when
 * they are needed.
 */
public final class SqlLookup implements Closeable {
  private final SqlQuery query;
  private final SqlConnections connections;

  /**
   * Sets it up; nothing is connected yet.
   *
   * @param database whose own queries are not used
   * @param query with variables
   * @throws IllegalArgumentException when it cannot be understood; see {@link #mistake}
   */
  public SqlLookup(SqlSettings database, String query) {
    this(database, query, SqlConnections.USUAL);
  }

  SqlLookup(SqlSettings database, String query, SqlConnections.Patience patience) {
    this.query = SqlQuery.parse(query, database.dialect());
    connections = new SqlConnections(database, patience);
  }

  /** The mistake in a query, for people. */
  public static Optional<String> mistake(SqlSettings database, String query) {
    try {
      SqlQuery.parse(query, database.dialect());
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }

  /**
   * The rows for a user, in the query's order: values by names of columns in lower case, without
   * those that are NULL.
   *
   * @param user in any case
   * @param most further ones are not asked for
   * @throws Failure when the database cannot say
   */
  public List<Map<String, String>> find(String user, int most) throws Failure {
    return connections.rows(query, Variables.of(user.toLowerCase(Locale.ROOT), ""), most);
  }

  @Override
  public void close() {
    connections.close();
  }
}
