package org.doveadmsshd.brain.journal;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.doveadmsshd.base.Failure;

/**
 * How a run went on one server, or goes there until now, as its journal says.
 *
 * @param lanes how many had a user
 * @param usersPerSecond from when the first user was begun to when the last one had ended
 */
public record ServerPace(int lanes, double usersPerSecond) {
  /** The lanes of a server have smaller numbers. */
  private static final int MOST_LANES = 1024;

  /** Less time than any clock tells apart. */
  private static final double SHORTEST_MILLIS = 1;

  /** What has been read of one server. */
  private static final class Count {
    private final BitSet lanes = new BitSet();
    private long users;
    private double first = Double.MAX_VALUE;
    private double last;

    void add(UserEnd end) {
      users++;
      lanes.set(Math.min(end.lane(), MOST_LANES));
      first = Math.min(first, end.begunMillis());
      last = Math.max(last, end.begunMillis() + end.micros() / 1e3);
    }

    ServerPace pace() {
      double seconds = Math.max(SHORTEST_MILLIS, last - first) / 1e3;
      return new ServerPace(lanes.cardinality(), users / seconds);
    }
  }

  /**
   * Reads a journal to its end.
   *
   * @return by the names of servers; without those where no user was begun
   * @throws Failure when it is damaged
   */
  public static Map<String, ServerPace> of(JournalReader reader) throws Failure {
    Map<String, Count> counts = new HashMap<>();
    for (JournalLine line; (line = reader.next()) != null; ) {
      if (line instanceof JournalLine.User) {
        UserEnd end = ((JournalLine.User) line).end();
        if (end.lane() >= 0 && end.begunMillis() > 0) {
          counts.computeIfAbsent(end.server(), any -> new Count()).add(end);
        }
      }
    }
    Map<String, ServerPace> paces = new HashMap<>();
    counts.forEach((server, count) -> paces.put(server, count.pace()));
    return paces;
  }
}
