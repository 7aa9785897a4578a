package org.doveadmsshd.auth.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Variables;

/**
 * A query in which variables stand, as {@code '%u'}, as {@code '/home/%d/%n'} or bare. Each such
 * literal becomes one parameter of a prepared statement: what a user is called never becomes SQL.
 */
final class SqlQuery {
  private final SqlDialect dialect;
  private final String text;
  private final StringBuilder sql = new StringBuilder();
  private final List<String> parameters = new ArrayList<>();
  private int at;

  private SqlQuery(String text, SqlDialect dialect) {
    this.text = text;
    this.dialect = dialect;
  }

  /**
   * Takes a query apart.
   *
   * @throws IllegalArgumentException when it cannot be understood; the message is for people
   */
  static SqlQuery parse(String text, SqlDialect dialect) {
    SqlQuery query = new SqlQuery(text, dialect);
    while (query.at < text.length()) {
      query.next();
    }
    return query;
  }

  private void next() {
    char c = text.charAt(at);
    if (c == '\'' || c == '"' && dialect == SqlDialect.MYSQL) {
      literal(c);
    } else if (c == '"' || c == '`') {
      copyTo(text.indexOf(c, at + 1), "a quoted name");
    } else if (text.startsWith("--", at)) {
      int end = text.indexOf('\n', at);
      copyTo(end < 0 ? text.length() - 1 : end, "a comment");
    } else if (text.startsWith("/*", at)) {
      int end = text.indexOf("*/", at + 2);
      copyTo(end < 0 ? -1 : end + 1, "a comment");
    } else if (c == '%') {
      bareVariable();
    } else if (c == '?') {
      throw new IllegalArgumentException("a question mark outside of quotes is not supported");
    } else {
      sql.append(c);
      at++;
    }
  }

  /**
   * Takes over what stands up to a position. Variables have no meaning in it, but for those that
   * always stand for the same, as in {@code `enable%Ls`}.
   */
  private void copyTo(int end, String what) {
    if (end < 0) {
      throw new IllegalArgumentException(what + " does not end");
    }
    String piece = text.substring(at, end + 1);
    try {
      sql.append(Variables.constants().expand(piece));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a variable in " + what + " has no meaning, but for %s and %c", e);
    }
    at = end + 1;
  }

  private void literal(char quote) {
    StringBuilder content = new StringBuilder();
    int i = at + 1;
    while (true) {
      if (i >= text.length()) {
        throw new IllegalArgumentException("a text in quotes does not end");
      }
      char c = text.charAt(i);
      boolean doubled = c == quote && text.startsWith(String.valueOf(quote), i + 1);
      boolean escaped = c == '\\' && dialect == SqlDialect.MYSQL && i + 1 < text.length();
      if (doubled || escaped) {
        content.append(text.charAt(i + 1));
        i += 2;
      } else if (c == quote) {
        break;
      } else {
        content.append(c);
        i++;
      }
    }
    if (!Variables.isIn(content.toString())) {
      copyTo(i, "a text");
      return;
    }
    if (at > 0 && Character.isLetter(text.charAt(at - 1))) {
      throw new IllegalArgumentException(
          "a variable in " + text.charAt(at - 1) + "'…' is not supported; leave the letter out");
    }
    parameter(content.toString());
    at = i + 1;
  }

  private void parameter(String template) {
    Optional<String> mistake = Variables.mistake(template);
    if (mistake.isPresent()) {
      throw new IllegalArgumentException(mistake.get() + "; a percent sign is written %%");
    }
    parameters.add(template);
    sql.append('?');
  }

  private void bareVariable() {
    int end = at + 1;
    if (text.startsWith("L", end) || text.startsWith("U", end)) {
      end++;
    }
    end = text.startsWith("{", end) ? text.indexOf('}', end) : end;
    if (end < 0 || end >= text.length()) {
      throw new IllegalArgumentException("a variable is not complete at the end");
    }
    String variable = text.substring(at, end + 1);
    if (variable.equals("%%")) {
      sql.append('%'); // the modulus
    } else {
      parameter(variable);
    }
    at = end + 1;
  }

  /** The statement, with what the variables stand for. */
  PreparedStatement prepare(Connection connection, Variables variables) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql.toString());
    try {
      for (int i = 0; i < parameters.size(); i++) {
        statement.setString(i + 1, variables.expand(parameters.get(i)));
      }
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  /** As the database sees it. */
  @Override
  public String toString() {
    return sql + " " + parameters;
  }
}
