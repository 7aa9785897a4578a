package org.doveadmsshd.brain.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.doveadmsshd.base.Outcome;

/**
 * Users for a table that has no room for any number of them: those that failed, and a random sample
 * of the others; of too many that failed a random sample, too.
 */
final class UserRows {
  private final int most;
  private final Sample failed;
  private final Sample others;

  /**
   * One user.
   *
   * @param sequence where the user stands among all
   * @param server its index; -1 for none
   * @param text what was said; cut when it is long
   * @param micros -1 when no worker has worked on the user
   */
  record Row(
      long sequence,
      String user,
      int server,
      Outcome outcome,
      String text,
      long micros,
      long bytes,
      int attempts) {}

  /** Each of those that were offered is in it with the same probability (reservoir sampling). */
  private final class Sample {
    private final List<Row> rows = new ArrayList<>();
    private final Random random = new Random(1); // the same journal makes the same page
    private long offered;

    void offer(Row row) {
      offered++;
      if (rows.size() < most) {
        rows.add(row);
        return;
      }
      long at = random.nextLong(offered);
      if (at < most) {
        rows.set((int) at, row);
      }
    }

    /** So many of them; as the order in a reservoir is not random, chosen anew. */
    List<Row> some(int number) {
      if (rows.size() <= number) {
        return rows;
      }
      for (int i = 0; i < number; i++) {
        int other = i + random.nextInt(rows.size() - i);
        Row row = rows.get(i);
        rows.set(i, rows.get(other));
        rows.set(other, row);
      }
      return rows.subList(0, number);
    }
  }

  /**
   * @param most rows
   */
  UserRows(int most) {
    this.most = most;
    failed = new Sample();
    others = new Sample();
  }

  void add(Row row, boolean hasFailed) {
    (hasFailed ? failed : others).offer(row);
  }

  /** How many of the rows are of users that failed. */
  int failed() {
    return failed.rows.size();
  }

  /** The rows, in the order of the list. Called once. */
  List<Row> rows() {
    List<Row> rows = new ArrayList<>(failed.rows);
    rows.addAll(others.some(most - rows.size()));
    rows.sort(Comparator.comparingLong(Row::sequence));
    return rows;
  }
}
