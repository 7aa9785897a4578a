package org.doveadmsshd.server.metrics;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How often something happened, by labels. Safe for several threads; counting takes no lock. */
final class Counter {
  private final Map<List<String>, LongAdder> counts = new ConcurrentHashMap<>();

  /**
   * Counts one.
   *
   * @param labels of closed lists: each combination is kept for ever
   */
  void count(List<String> labels) {
    LongAdder count = counts.get(labels);
    if (count == null) {
      count = counts.computeIfAbsent(labels, each -> new LongAdder());
    }
    count.increment();
  }

  /** All that have been counted, in the order of their labels. */
  Map<List<String>, Long> counts() {
    Map<List<String>, Long> sorted =
        new TreeMap<>((one, other) -> one.toString().compareTo(other.toString()));
    counts.forEach((labels, count) -> sorted.put(labels, count.sum()));
    return sorted;
  }
}
