package org.doveadmsshd.brain.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.doveadmsshd.auth.sql.SqlLookup;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;

/**
 * Users are where a query says. Each row has a server, in the column {@code server} or else in the
 * first one; rows come in the order in which servers are asked. The column {@code term} of the
 * first row is the term, {@code port} tells servers of one host apart.
 */
public final class SqlPlacement implements Placement {
  /** More servers of one user are a mistake in the query. */
  private static final int MOST = 16;

  private static final int SHOWN = 40;

  private final SqlLookup lookup;
  private final ServerNames servers;

  public SqlPlacement(SqlLookup lookup, ServerNames servers) {
    this.lookup = lookup;
    this.servers = servers;
  }

  @Override
  public Place of(String user) throws Failure {
    List<Map<String, String>> rows = lookup.find(user, MOST + 1);
    if (rows.size() > MOST) {
      throw wrong("finds more than " + MOST + " servers for the user");
    }
    List<String> names = new ArrayList<>();
    for (Map<String, String> row : rows) {
      String word = row.getOrDefault("server", row.values().stream().findFirst().orElse(""));
      if (word.isEmpty()) {
        throw wrong("finds a row without a server for the user");
      }
      String name = servers.of(word, row.getOrDefault("port", ""));
      if (!names.contains(name)) {
        names.add(name);
      }
    }
    return new Place(
        names,
        user,
        rows.isEmpty() ? OptionalLong.empty() : term(rows.get(0)),
        rows.isEmpty() ? "no row of the query" : "query");
  }

  @Override
  public String driver() {
    return "sql";
  }

  private static OptionalLong term(Map<String, String> row) throws Failure {
    String term = row.get("term");
    if (term == null) {
      return OptionalLong.empty();
    }
    return Terms.parse(term)
        .map(OptionalLong::of)
        .orElseThrow(
            () ->
                wrong(
                    "finds a bad term for the user: %s (expected a whole number from 0)"
                        .formatted(Printable.line(term, SHOWN))));
  }

  private static Failure wrong(String text) {
    return new Failure(Outcome.DATA_ERROR, "The query of the placement " + text);
  }
}
