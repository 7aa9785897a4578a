package org.doveadmsshd.brain.progress;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
import org.doveadmsshd.brain.journal.Fate;

/**
 * Counts users of a run who come to the end, and knows how fast that goes. Any threads count; one
 * thread at a time asks.
 */
public final class Progress {
  private static final double SECOND_NANOS = 1e9;

  /** Users a second are those of that time. */
  private static final long LATELY_NANOS = 10_000_000_000L;

  /** Before that it is not said when a run may end. */
  private static final double SECONDS_BEFORE_GUESS = 3;

  private static final long USERS_BEFORE_GUESS = 20;

  private final long begun;
  private final Count all = new Count("");
  private final Map<String, Count> servers = new LinkedHashMap<>();

  /** Who has ended until when. */
  private static final class Count {
    private final String name;
    private final LongAdder ended = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder undone = new LongAdder();
    private final Deque<long[]> before = new ArrayDeque<>();

    Count(String name) {
      this.name = name;
    }

    void add(Fate fate) {
      if (fate.isUndone()) {
        undone.increment();
        return;
      }
      ended.increment();
      if (fate == Fate.FAILED) {
        failed.increment();
      }
    }

    Standing.Part at(long nanos) {
      long now = ended.sum();
      before.add(new long[] {nanos, now});
      while (before.size() > 2 && nanos - before.getFirst()[0] > LATELY_NANOS) {
        before.remove();
      }
      long[] first = before.getFirst();
      long time = nanos - first[0];
      double perSecond = time <= 0 ? 0 : (now - first[1]) * SECOND_NANOS / time;
      return new Standing.Part(name, now, failed.sum(), undone.sum(), perSecond);
    }
  }

  /**
   * @param names of the servers
   * @param nanos when the run begins, as {@link System#nanoTime}
   */
  public Progress(List<String> names, long nanos) {
    begun = nanos;
    names.forEach(name -> servers.put(name, new Count(name)));
    at(nanos, OptionalLong.empty());
  }

  /**
   * Counts a user who has come to the end.
   *
   * @param server where that was; a name that is none of the servers' when it was nowhere
   */
  public void ended(String server, Fate fate) {
    all.add(fate);
    Count count = servers.get(server);
    if (count != null) {
      count.add(fate);
    }
  }

  /**
   * How far the run is.
   *
   * @param nanos now, as {@link System#nanoTime}; no earlier than when it was asked for last
   * @param users how many it is for, if that is known
   */
  public Standing at(long nanos, OptionalLong users) {
    Standing.Part whole = all.at(nanos);
    List<Standing.Part> parts = new ArrayList<>();
    servers.values().forEach(count -> parts.add(count.at(nanos)));
    double seconds = (nanos - begun) / SECOND_NANOS;
    return new Standing(users, whole, seconds, left(users, whole, seconds), parts);
  }

  private static OptionalDouble left(OptionalLong users, Standing.Part done, double seconds) {
    long left = users.orElse(-1) - done.ended() - done.undone();
    boolean guess =
        left >= 0
            && seconds >= SECONDS_BEFORE_GUESS
            && done.ended() >= USERS_BEFORE_GUESS
            && done.perSecond() > 0;
    return guess ? OptionalDouble.of(left / done.perSecond()) : OptionalDouble.empty();
  }
}
