package org.doveadmsshd.brain.journal;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.doveadmsshd.base.Outcome;

/**
 * What is known of a user who has come to the end.
 *
 * @param sequence where the user stands in the list, from 0
 * @param user empty for a command about servers
 * @param server where that was, or would have been; empty when no server is meant for the user
 * @param lane which of the server's lanes had the user last, from 0; -1 when none had
 * @param outcome what became of the user
 * @param text why it is no success; may be empty
 * @param counts what was done how often, in the order in which it is said
 * @param bytes of the values that the worker has sent
 * @param begunMillis when a worker began with the user last, since 1970; 0 when none has
 * @param micros how long the worker took, as it says; how long it was waited for when it says
 *     nothing
 * @param attempts how often a worker has been asked, 0 for not at all
 */
public record UserEnd(
    long sequence,
    String user,
    String server,
    int lane,
    Outcome outcome,
    String text,
    Map<String, Long> counts,
    long bytes,
    long begunMillis,
    long micros,
    int attempts) {
  public UserEnd {
    counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts)); // in their order
  }

  /** Of a user whom no worker has been asked for. */
  public static UserEnd unasked(
      long sequence, String user, String server, Outcome outcome, String text) {
    return new UserEnd(sequence, user, server, -1, outcome, text, Map.of(), 0, 0, 0, 0);
  }

  /** The same, with a text of no more than so many characters. */
  UserEnd withTextUpTo(int length) {
    return text.length() <= length
        ? this
        : new UserEnd(
            sequence,
            user,
            server,
            lane,
            outcome,
            text.substring(0, length) + "…",
            counts,
            bytes,
            begunMillis,
            micros,
            attempts);
  }
}
