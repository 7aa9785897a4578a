package org.doveadmsshd.storage.search;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.doveadmsshd.base.Nearest;

/**
 * Reads the query language: keys joined by AND, which is not written, or by OR between them; NOT
 * before a key; groups in parentheses that are words of their own.
 *
 * <p>AND and OR may not be mixed without parentheses. Dovecot takes {@code A B OR C} for {@code A
 * OR B OR C}; here it is an error.
 */
public final class QueryParser {
  /** Deepest nesting of groups. */
  static final int MAX_DEPTH = 200;

  private final QueryWords words;

  private QueryParser(QueryWords words) {
    this.words = words;
  }

  /**
   * Reads a query.
   *
   * @param words at least one
   * @param now what intervals count back from
   * @param zone of the days that dates name; asked for only when one does, as a JVM that has just
   *     started takes long to know its time zone
   * @param doubts hears of words that are right but may not be what was meant
   */
  public static Query parse(
      List<String> words, Instant now, Supplier<ZoneId> zone, Consumer<String> doubts)
      throws QueryException {
    QueryParser parser = new QueryParser(new QueryWords(words, now, zone, doubts));
    Query query = parser.list();
    if (parser.words.hasNext()) {
      throw new QueryException("Unexpected ')' in the search query");
    }
    return query;
  }

  /** As above, without a word about what may not be meant. */
  public static Query parse(List<String> words, Instant now, Supplier<ZoneId> zone)
      throws QueryException {
    return parse(words, now, zone, doubt -> {});
  }

  /** Reads up to the end or a closing parenthesis. */
  private Query list() throws QueryException {
    List<Query> parts = new ArrayList<>();
    boolean ands = false;
    boolean ors = false;
    boolean expectsOperand = true;
    while (words.hasNext() && !words.peek().equals(")")) {
      if (words.peek().equalsIgnoreCase("OR")) {
        if (expectsOperand) {
          throw new QueryException("OR stands between two search keys: A OR B");
        }
        words.nextKey();
        ors = true;
        expectsOperand = true;
      } else {
        ands |= !expectsOperand;
        parts.add(operand());
        expectsOperand = false;
      }
      if (ands && ors) {
        throw new QueryException("Use parenthesis when mixing ANDs and ORs");
      }
    }
    if (parts.isEmpty()) {
      throw new QueryException("No search parameters inside list");
    }
    if (expectsOperand) {
      throw new QueryException("Missing search key after OR");
    }
    return parts.size() == 1 ? parts.get(0) : ors ? new Query.Or(parts) : new Query.And(parts);
  }

  private Query operand() throws QueryException {
    if (words.depth(1) > MAX_DEPTH) {
      throw new QueryException("The search query is nested too deeply");
    }
    try {
      String word = words.nextKey();
      if (word.equals("(")) {
        return group();
      }
      return NumberSet.isSet(word) ? Conditions.sequence(word) : key(word);
    } finally {
      words.depth(-1);
    }
  }

  /** The words that are read. */
  QueryWords words() {
    return words;
  }

  /** Takes the key that must follow another one. */
  Query required(String after) throws QueryException {
    if (!words.hasNext() || words.peek().equals(")")) {
      throw new QueryException("Missing search key after " + after);
    }
    return operand();
  }

  /** Takes the name of a way to make threads. */
  Threads.Algorithm algorithm() throws QueryException {
    String name = words.next();
    for (Threads.Algorithm algorithm : Threads.Algorithm.values()) {
      if (algorithm.name().equalsIgnoreCase(name)) {
        return algorithm;
      }
    }
    throw new QueryException("Unknown thread algorithm: " + name + " (REFERENCES or REFS)");
  }

  private Query group() throws QueryException {
    Query inside = list();
    if (!words.hasNext()) {
      throw new QueryException("Missing ')' in the search query");
    }
    words.nextKey();
    return inside;
  }

  private Query key(String word) throws QueryException {
    String name = word.toUpperCase(Locale.ROOT);
    Optional<Query> query = SearchKeys.read(name, this);
    if (query.isPresent()) {
      return query.get();
    }
    boolean joined = word.length() > 1 && (word.startsWith("(") || word.endsWith(")"));
    String meant =
        joined
            ? " (parentheses are words of their own: '(' from alice ')')"
            : Nearest.question(name, QueryGuide.keys().names()).toLowerCase(Locale.ROOT);
    throw new QueryException(
        "Unknown search key: %s%s (doveadm help search keys lists them)".formatted(word, meant));
  }
}
