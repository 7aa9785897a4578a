package org.doveadmsshd.storage.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A set of UIDs or sequence numbers: {@code 1,5:9,12:*}. The star is the largest number there is.
 */
public final class NumberSet {
  /** The value of {@code *}. */
  public static final long STAR = 0xffffffffL;

  private record Range(long first, long last) {}

  private final List<Range> ranges;

  private NumberSet(List<Range> ranges) {
    this.ranges = List.copyOf(ranges);
  }

  /** Whether a word looks like a set rather than like a search key. */
  static boolean isSet(String word) {
    return word.matches("[0-9*][0-9*:,]*");
  }

  /** Reads a set; nothing when it is malformed or holds a 0. */
  static Optional<NumberSet> parse(String text) {
    List<Range> ranges = new ArrayList<>();
    for (String piece : text.split(",", -1)) {
      String[] ends = piece.split(":", -1);
      long first = number(ends[0]);
      long last = ends.length == 1 ? first : number(ends[1]);
      if (first <= 0 || last <= 0 || ends.length > 2) {
        return Optional.empty();
      }
      ranges.add(new Range(Math.min(first, last), Math.max(first, last)));
    }
    return Optional.of(new NumberSet(ranges));
  }

  private static long number(String text) {
    if (text.equals("*")) {
      return STAR;
    }
    boolean valid = text.matches("[0-9]{1,10}") && Long.parseLong(text) <= STAR;
    return valid ? Long.parseLong(text) : -1;
  }

  boolean contains(long number) {
    for (Range range : ranges) {
      if (number >= range.first && number <= range.last) {
        return true;
      }
    }
    return false;
  }

  /** Whether the set has {@code *}, alone or as the end of a range. */
  boolean hasStar() {
    return contains(STAR);
  }
}
