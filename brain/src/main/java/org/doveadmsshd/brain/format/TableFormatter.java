package org.doveadmsshd.brain.format;

import java.util.Arrays;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** Aligned columns, as wide as Dovecot makes them. */
final class TableFormatter extends AlignedFormatter {
  private final int lineWidth;

  TableFormatter(List<Column> columns, Sink sink, boolean titles, int lineWidth) throws Failure {
    super(columns, sink, titles);
    this.lineWidth = lineWidth;
  }

  @Override
  String shown(Value value) {
    return value.text();
  }

  @Override
  int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }

  @Override
  int[] widths(int[] least, int[] most) {
    int total = Arrays.stream(most).sum() + most.length - 1;
    if (total < lineWidth) {
      most[most.length - 1] += (lineWidth - total) / 2;
    }
    return total > lineWidth ? narrowed(least, most, total - lineWidth) : most;
  }

  /**
   * Takes what is too much from the last column whose values differ by so much in width, and half
   * of the difference from those behind it, as Dovecot does. What is longer pushes its row.
   */
  private static int[] narrowed(int[] least, int[] most, int tooMuch) {
    for (int i = most.length - 1; i >= 0; i--) {
      int difference = most[i] - least[i];
      if (difference >= tooMuch) {
        most[i] -= tooMuch;
        break;
      }
      most[i] -= difference / 2;
    }
    return most;
  }

  @Override
  String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      boolean right = columns().get(i).has(Column.RIGHT);
      line.append(i > 0 ? " " : "").append(padded(cells.get(i), widths[i], right));
    }
    return line.toString();
  }
}
