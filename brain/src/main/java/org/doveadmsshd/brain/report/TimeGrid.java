package org.doveadmsshd.brain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts the time of a run into pieces of the same length, of which there are never more than {@value
 * #MOST}: when time goes on, two pieces become one. Whatever is counted for pieces is a series.
 */
final class TimeGrid {
  static final int MOST = 480;

  private static final long FIRST_MILLIS = 10;

  /** A hundred years; a clock that says more is wrong. */
  private static final long MOST_MILLIS = 3_155_760_000_000L;

  private final List<float[]> all = new ArrayList<>();
  private long millis = FIRST_MILLIS;
  private int used;

  /** A new series, of zeros. It is changed when pieces become longer. */
  float[] series() {
    float[] series = new float[MOST];
    all.add(series);
    return series;
  }

  /** How long a piece is now. */
  long millis() {
    return millis;
  }

  /** How many pieces there are now. */
  int used() {
    return used;
  }

  /** The piece in which a moment lies, from 0; time before the run counts as its beginning. */
  int at(long moment) {
    long time = Math.max(0, Math.min(moment, MOST_MILLIS));
    while (time / millis >= MOST) {
      all.forEach(TimeGrid::halve);
      used = (used + 1) / 2;
      millis *= 2;
    }
    int piece = (int) (time / millis);
    used = Math.max(used, piece + 1);
    return piece;
  }

  private static void halve(float[] series) {
    for (int i = 0; i < MOST / 2; i++) {
      series[i] = series[2 * i] + series[2 * i + 1];
    }
    Arrays.fill(series, MOST / 2, MOST, 0);
  }

  /** Adds to each piece the milliseconds of it that lie between two moments. */
  void spread(float[] series, long from, long to) {
    int last = at(to);
    long begin = Math.max(0, Math.min(from, to));
    for (int piece = at(begin); piece <= last; piece++) {
      long first = Math.max(begin, piece * millis);
      long end = Math.min(to, (piece + 1) * millis);
      series[piece] += Math.max(0, end - first);
    }
  }
}
