package org.doveadmsshd.brain.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** When each lane worked, and where users failed on it. */
final class Lanes {
  /** Of further lanes it is said how many there were. */
  private static final int MOST = 1024;

  /** So many of these are told apart. */
  private static final int MOST_LEFT_OUT = 10_000;

  private final TimeGrid grid;
  private final Map<Key, Lane> lanes =
      new TreeMap<>(Comparator.comparingInt(Key::server).thenComparingInt(Key::lane));
  private final Set<Key> leftOut = new HashSet<>();

  private record Key(int server, int lane) {}

  /**
   * One lane.
   *
   * @param server its index
   * @param number from 0
   * @param busy milliseconds of each piece of time
   * @param failed users in each piece of time
   */
  record Lane(int server, int number, float[] busy, float[] failed) {}

  Lanes(TimeGrid grid) {
    this.grid = grid;
  }

  /** A lane has worked on a user from one moment to another, in milliseconds. */
  void worked(int server, int number, long from, long to, boolean hasFailed) {
    Key key = new Key(server, number);
    Lane lane = lanes.get(key);
    if (lane == null && lanes.size() == MOST) {
      if (leftOut.size() < MOST_LEFT_OUT) {
        leftOut.add(key);
      }
      return;
    }
    if (lane == null) {
      lane = new Lane(server, number, grid.series(), grid.series());
      lanes.put(key, lane);
    }
    grid.spread(lane.busy(), from, to);
    if (hasFailed) {
      lane.failed()[grid.at(to)]++;
    }
  }

  /** By server and number. */
  List<Lane> all() {
    return new ArrayList<>(lanes.values());
  }

  int leftOut() {
    return leftOut.size();
  }
}
