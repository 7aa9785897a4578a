package org.doveadmsshd.console.top;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** How fast runs and lanes get on, over the last looks. Used by one thread. */
final class Paces {
  private static final int LOOKS = 10;

  private final Map<Activity.Key, Deque<Point>> points = new HashMap<>();

  /** How many users were done at a moment. */
  private record Point(long nanos, long done) {}

  /** Notes what has been seen, and forgets what has ended. */
  void note(Look look) {
    points.keySet().retainAll(look.activities().stream().map(Activity::key).toList());
    for (Activity each : look.activities()) {
      Deque<Point> past = points.computeIfAbsent(each.key(), key -> begun(each, look.nanos()));
      past.add(new Point(look.nanos(), each.done()));
      if (past.size() > LOOKS) {
        past.remove();
      }
    }
  }

  private static Deque<Point> begun(Activity activity, long nanos) {
    Deque<Point> past = new ArrayDeque<>();
    past.add(new Point(nanos - Math.max(1, activity.seconds()) * 1_000_000_000L, 0));
    return past;
  }

  /** Users a second. */
  double of(Activity activity) {
    Deque<Point> past = points.get(activity.key());
    if (past == null || past.size() < 2) {
      return 0;
    }
    Point first = past.getFirst();
    Point last = past.getLast();
    return (last.done() - first.done()) * 1e9 / Math.max(1, last.nanos() - first.nanos());
  }

  /** Seconds until it is done, if it gets on as it does; nothing where that cannot be told. */
  OptionalLong secondsLeft(Activity activity) {
    double pace = of(activity);
    if (activity.users().isEmpty() || pace <= 0) {
      return OptionalLong.empty();
    }
    long left = Math.max(0, activity.users().getAsLong() - activity.done());
    return OptionalLong.of((long) Math.ceil(left / pace));
  }
}
