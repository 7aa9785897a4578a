package org.doveadmsshd.brain.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.journal.Fate;
import org.doveadmsshd.brain.journal.JournalHeader;
import org.doveadmsshd.brain.journal.JournalLine;
import org.doveadmsshd.brain.journal.UserEnd;

/**
 * The numbers of runs, gathered line by line. What it holds does not grow with the number of users.
 * Runs stand one behind the other in time, without the time between them. For one thread.
 */
final class Report {
  /** Servers beyond that are one. */
  private static final int MOST_SERVERS = 1000;

  private static final String OTHER_SERVERS = "(other servers)";
  private static final int MOST_COUNTS = 50;
  private static final int SLOWEST = 10;
  private static final int MOST_RUNS = 1000;
  private static final int MOST_TEXT = 300;
  private static final int JOURNAL_BITS = 40;
  private static final long MICROS = 1000;

  private final List<ReportRun> runs = new ArrayList<>();
  private final Map<String, Integer> indexes = new HashMap<>();
  private final List<ServerNumbers> servers = new ArrayList<>();
  private final EnumMap<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private final TimeGrid grid = new TimeGrid();
  private final float[] ended = grid.series();
  private final float[] failedEnds = grid.series();
  private final Lanes lanes = new Lanes(grid);
  private final Durations durations = new Durations();
  private final Durations failedDurations = new Durations();
  private final FailureKinds failures = new FailureKinds();
  private final UserRows rows;
  private final List<Mark> marks = new ArrayList<>();
  private final PriorityQueue<UserRows.Row> slowest =
      new PriorityQueue<>(Comparator.comparingLong(UserRows.Row::micros));
  private ReportRun run;
  private long journals;
  private long offset;
  private long latest;
  private long ends;
  private long bytes;

  /** A moment in the time of the report that has a name. */
  record Mark(long millis, String text) {}

  /**
   * @param mostRows how many users are kept one by one
   */
  Report(int mostRows) {
    rows = new UserRows(mostRows);
  }

  /** Whether an outcome counts as a failure. */
  static boolean isFailure(Outcome outcome) {
    return Fate.of(outcome) == Fate.FAILED;
  }

  /** The lines of another journal follow. */
  void begin(String journal, JournalHeader header) {
    journals++;
    next(new ReportRun(journal, header), journals > 1 ? header.command() : "");
  }

  private void next(ReportRun following, String name) {
    offset += latest;
    latest = 0;
    if (!name.isEmpty() && marks.size() < MOST_RUNS) {
      marks.add(new Mark(offset, name));
    }
    if (runs.size() < MOST_RUNS) {
      runs.add(following);
    }
    run = following;
  }

  void resumed(JournalLine.Resumed line) {
    next(new ReportRun(run, line), "resumed");
  }

  void ended(JournalLine.Ended line) {
    run.end(line);
    latest = Math.max(latest, line.at().toEpochMilli() - run.started().toEpochMilli());
  }

  /**
   * A user has come to the end.
   *
   * @param isLast whether no later line is about that user
   */
  void ended(UserEnd end, boolean isLast) {
    int server = end.server().isEmpty() ? -1 : index(end.server());
    boolean wasAsked = end.attempts() > 0 && end.begunMillis() > 0;
    boolean hasFailed = isFailure(end.outcome());
    run.addUser();
    time(end, server, wasAsked, hasFailed);
    ends++;
    bytes += end.bytes();
    end.counts().forEach(this::count);
    if (wasAsked) {
      (hasFailed ? failedDurations : durations).add(end.micros());
    }
    if (server >= 0) {
      servers.get(server).add(end.bytes(), wasAsked, end.micros());
    }
    if (isLast) {
      last(end, server, wasAsked, hasFailed);
    }
  }

  private void time(UserEnd end, int server, boolean wasAsked, boolean hasFailed) {
    if (wasAsked) {
      long from = Math.max(0, end.begunMillis() - run.started().toEpochMilli());
      long to = from + end.micros() / MICROS;
      latest = Math.max(latest, to);
      lanes.worked(server, Math.max(0, end.lane()), offset + from, offset + to, hasFailed);
      count(offset + to, hasFailed);
    } else {
      count(offset + latest, hasFailed);
    }
  }

  private void count(long moment, boolean hasFailed) {
    int piece = grid.at(moment);
    (hasFailed ? failedEnds : ended)[piece]++;
  }

  private void count(String what, long number) {
    if (counts.size() < MOST_COUNTS || counts.containsKey(what)) {
      counts.merge(what, number, Long::sum);
    }
  }

  private void last(UserEnd end, int server, boolean wasAsked, boolean hasFailed) {
    outcomes.merge(end.outcome(), 1L, Long::sum);
    if (server >= 0) {
      servers.get(server).addUser(hasFailed);
    }
    if (hasFailed) {
      failures.add(end.user(), server, end.outcome(), end.text());
    }
    UserRows.Row row =
        new UserRows.Row(
            journals << JOURNAL_BITS | end.sequence(),
            end.user(),
            server,
            end.outcome(),
            end.text().length() > MOST_TEXT ? end.text().substring(0, MOST_TEXT) : end.text(),
            wasAsked ? end.micros() : -1,
            end.bytes(),
            end.attempts());
    rows.add(row, hasFailed);
    if (wasAsked) {
      slowest.add(row);
      if (slowest.size() > SLOWEST) {
        slowest.remove();
      }
    }
  }

  private int index(String server) {
    boolean full = servers.size() >= MOST_SERVERS && !indexes.containsKey(server);
    return indexes.computeIfAbsent(full ? OTHER_SERVERS : server, this::add);
  }

  private int add(String server) {
    servers.add(new ServerNumbers(server));
    return servers.size() - 1;
  }

  List<ReportRun> runs() {
    return runs;
  }

  /** In the order in which they were met; their indexes are those that lanes and rows have. */
  List<ServerNumbers> servers() {
    return servers;
  }

  /** How many users ended with an outcome at last. */
  long users(Outcome outcome) {
    return outcomes.getOrDefault(outcome, 0L);
  }

  long users() {
    return outcomes.values().stream().mapToLong(Long::longValue).sum();
  }

  long failed() {
    return outcomes.keySet().stream().filter(Report::isFailure).mapToLong(this::users).sum();
  }

  /** Users who were not begun, or stopped. */
  long undone() {
    return outcomes.keySet().stream()
        .filter(outcome -> Fate.of(outcome).isUndone())
        .mapToLong(this::users)
        .sum();
  }

  /** How often a user came to an end: a run that is resumed tries users again. */
  long ends() {
    return ends;
  }

  long bytes() {
    return bytes;
  }

  /** How long all runs took together. */
  long millis() {
    return offset + latest;
  }

  Map<String, Long> counts() {
    return counts;
  }

  TimeGrid grid() {
    return grid;
  }

  /** Users who ended well in each piece of time. */
  float[] endedWell() {
    return ended;
  }

  /** Users who failed in each piece of time. */
  float[] failedEnds() {
    return failedEnds;
  }

  Lanes lanes() {
    return lanes;
  }

  /** Of users who ended well. */
  Durations durations() {
    return durations;
  }

  Durations failedDurations() {
    return failedDurations;
  }

  FailureKinds failures() {
    return failures;
  }

  UserRows rows() {
    return rows;
  }

  List<Mark> marks() {
    return marks;
  }

  /** The slowest users, the slowest one first. */
  List<UserRows.Row> slowest() {
    return slowest.stream()
        .sorted(Comparator.comparingLong(UserRows.Row::micros).reversed())
        .toList();
  }
}
