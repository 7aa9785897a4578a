package org.doveadmsshd.brain.report;

/**
 * How often which duration was met. Durations that differ by less than two parts in a hundred are
 * one, so that it takes the same room for any number of them.
 */
final class Durations {
  /** Classes from one duration to its double. */
  private static final int PER_OCTAVE = 32;

  private static final int OCTAVES = 44; // half a year in microseconds
  private static final double LN2 = Math.log(2);

  private final int[] counts = new int[PER_OCTAVE * OCTAVES];
  private long all;
  private long most;

  void add(long micros) {
    counts[at(micros)]++;
    all++;
    most = Math.max(most, micros);
  }

  void addAll(Durations others) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += others.counts[i];
    }
    all += others.all;
    most = Math.max(most, others.most);
  }

  private static int at(long micros) {
    double octaves = Math.log(Math.max(1, micros)) / LN2;
    return Math.min(PER_OCTAVE * OCTAVES - 1, (int) (octaves * PER_OCTAVE));
  }

  long all() {
    return all;
  }

  /** The longest, in microseconds; 0 when there is none. */
  long most() {
    return most;
  }

  /**
   * The duration that a part of all does not exceed, in microseconds.
   *
   * @param part from 0 to 1
   */
  long percentile(double part) {
    long wanted = (long) Math.ceil(all * part);
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= wanted && seen > 0) {
        return Math.min(most, Math.round(Math.pow(2, (i + 1.0) / PER_OCTAVE)));
      }
    }
    return 0;
  }

  /** How many lie in a class, when there are so many classes from a duration to its double. */
  int count(int perOctave, int index) {
    int each = PER_OCTAVE / perOctave;
    int sum = 0;
    for (int i = index * each; i < (index + 1) * each; i++) {
      sum += counts[i];
    }
    return sum;
  }

  /** How many classes there are then. */
  static int classes(int perOctave) {
    return OCTAVES * perOctave;
  }
}
