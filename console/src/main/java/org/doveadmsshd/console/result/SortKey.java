package org.doveadmsshd.console.result;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import org.doveadmsshd.protocol.Value;

/**
 * How a value stands in an order: numbers first, by size, then texts, whose case counts only among
 * equals, then what could not be had.
 */
record SortKey(Kind kind, BigDecimal number, String text) implements Comparable<SortKey> {
  private static final Comparator<SortKey> ORDER =
      Comparator.comparing(SortKey::kind)
          .thenComparing(SortKey::number)
          .thenComparing(SortKey::text, String.CASE_INSENSITIVE_ORDER)
          .thenComparing(SortKey::text);

  /** As long as anybody counts. */
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,20}(?:\\.[0-9]{1,20})?");

  enum Kind {
    NUMBER,
    TEXT,
    ABSENT
  }

  static SortKey of(Value value) {
    if (value == Value.ABSENT) {
      return new SortKey(Kind.ABSENT, BigDecimal.ZERO, "");
    }
    String text = value.text();
    return Optional.of(text)
        .filter(each -> NUMBER.matcher(each).matches())
        .map(each -> new SortKey(Kind.NUMBER, new BigDecimal(each), ""))
        .orElse(new SortKey(Kind.TEXT, BigDecimal.ZERO, text));
  }

  @Override
  public int compareTo(SortKey other) {
    return ORDER.compare(this, other);
  }
}
