package org.doveadmsshd.brain.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.Repeats;

/** Failures that are alike, with how many there were, where, and for example whose. */
final class FailureKinds {
  /** Failures of further kinds are but counted. */
  private static final int MOST_KINDS = 200;

  private static final int EXAMPLES = 5;

  /** Stands in a text for the name of its user. */
  private static final String USER = "‹user›";

  private final Map<Key, Kind> kinds = new LinkedHashMap<>();
  private long leftOut;

  private record Key(Outcome outcome, String text) {}

  /** Failures of one kind. */
  static final class Kind {
    private final Outcome outcome;
    private String text;
    private final String pattern;
    private long count;
    private final List<String> users = new ArrayList<>();
    private final Map<Integer, Long> servers = new HashMap<>();

    Kind(Outcome outcome, String text, String pattern) {
      this.outcome = outcome;
      this.text = text;
      this.pattern = pattern;
    }

    Outcome outcome() {
      return outcome;
    }

    /** What was said, with … for the words that differ. */
    String text() {
      return text;
    }

    long count() {
      return count;
    }

    /** The first few. */
    List<String> users() {
      return users;
    }

    /** How many failed on each, by its index; the one with most of them first. */
    List<Map.Entry<Integer, Long>> servers() {
      return servers.entrySet().stream()
          .sorted(Map.Entry.<Integer, Long>comparingByValue().reversed())
          .toList();
    }
  }

  void add(String user, int server, Outcome outcome, String said) {
    String text = user.isEmpty() ? said : said.replace(user, USER);
    String pattern = Repeats.kind(text);
    Key key = new Key(outcome, pattern);
    Kind kind = kinds.get(key);
    if (kind == null) {
      if (kinds.size() == MOST_KINDS) {
        leftOut++;
        return;
      }
      kind = new Kind(outcome, text, pattern);
      kinds.put(key, kind);
    }
    kind.text = text.equals(kind.text) ? text : kind.pattern;
    kind.count++;
    kind.servers.merge(server, 1L, Long::sum);
    if (kind.users.size() < EXAMPLES) {
      kind.users.add(user);
    }
  }

  /** The one with most failures first. */
  List<Kind> all() {
    return kinds.values().stream()
        .sorted(Comparator.comparingLong(Kind::count).reversed())
        .toList();
  }

  /** How many failures are of no kind that is listed. */
  long leftOut() {
    return leftOut;
  }
}
