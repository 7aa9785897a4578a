package org.doveadmsshd.brain.format;

import java.util.Arrays;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.TextWidth;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/**
 * Aligned columns for a person at a terminal: no line is wider than the terminal as long as each
 * column has {@value #NARROWEST} columns of it, and numbers stand to the right. What is too wide is
 * cut with {@code …}, but a number never is: a part of it would be another number.
 */
final class FittingTableFormatter extends AlignedFormatter {
  /** No column is narrowed further. */
  private static final int NARROWEST = 4;

  private final int lineWidth;

  FittingTableFormatter(List<Column> columns, Sink sink, boolean titles, int lineWidth)
      throws Failure {
    super(columns, sink, titles);
    this.lineWidth = lineWidth;
  }

  @Override
  String shown(Value value) {
    return Printable.line(value.text());
  }

  @Override
  int width(String cell) {
    return TextWidth.of(cell);
  }

  /** Narrows the widest columns until all fit, and leaves the others as they are. */
  @Override
  int[] widths(int[] least, int[] most) {
    int tooMuch = Arrays.stream(most).sum() + most.length - 1 - lineWidth;
    while (tooMuch > 0) {
      int widest = widest(most);
      if (widest < 0) {
        break;
      }
      most[widest]--;
      tooMuch--;
    }
    return most;
  }

  /** The widest column that may be narrowed; -1 when there is none. */
  private int widest(int[] widths) {
    int widest = -1;
    for (int i = 0; i < widths.length; i++) {
      boolean may = widths[i] > NARROWEST && !isNumber(i);
      if (may && (widest < 0 || widths[i] > widths[widest])) {
        widest = i;
      }
    }
    return widest;
  }

  private boolean isNumber(int column) {
    return columns().get(column).has(Column.NUMBER);
  }

  @Override
  String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      boolean number = isNumber(i);
      String cell = number ? cells.get(i) : TextWidth.cut(cells.get(i), widths[i]);
      boolean right = number || columns().get(i).has(Column.RIGHT);
      line.append(i > 0 ? " " : "").append(padded(cell, widths[i], right));
    }
    return line.toString().stripTrailing();
  }
}
