package org.doveadmsshd.console.top;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/**
 * A run, lane or shell, as {@code who} shows it. Texts are fit for a terminal.
 *
 * @param server its name; empty where there is only one
 * @param kind {@code run}, {@code lane}, {@code shell}
 * @param seconds since it began
 * @param done users done
 * @param users how many there are to do, done ones among them, where that is known
 * @param failed users among the done ones for whom it failed
 * @param command empty where nothing is done
 */
record Activity(
    String server,
    String id,
    String kind,
    String master,
    String address,
    long seconds,
    long done,
    OptionalLong users,
    long failed,
    String command) {
  /** As many digits as a long always takes. */
  private static final int DIGITS = 18;

  /** Tells it from others, also later. */
  record Key(String server, String id) {}

  /** A row of {@code who}; what a server of another version does not tell is empty, or 0. */
  static Activity of(String server, List<Column> columns, List<Value> row) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      values.put(columns.get(i).key(), Printable.line(row.get(i).text()));
    }
    return new Activity(
        server,
        values.getOrDefault("id", ""),
        values.getOrDefault("kind", ""),
        values.getOrDefault("master", ""),
        values.getOrDefault("address", ""),
        number(values.get("seconds")).orElse(0),
        number(values.get("done")).orElse(0),
        number(values.get("users")),
        number(values.get("failed")).orElse(0),
        values.getOrDefault("command", ""));
  }

  private static OptionalLong number(String text) {
    return Optional.ofNullable(text)
        .filter(each -> !each.isEmpty() && each.length() <= DIGITS)
        .filter(each -> each.chars().allMatch(c -> c >= '0' && c <= '9'))
        .map(each -> OptionalLong.of(Long.parseLong(each)))
        .orElse(OptionalLong.empty());
  }

  Key key() {
    return new Key(server, id);
  }

  boolean isRun() {
    return kind.equals("run");
  }

  boolean isLane() {
    return kind.equals("lane");
  }

  /** Whether it works, or waits for something to do. */
  boolean isBusy() {
    return !command.isEmpty();
  }
}
