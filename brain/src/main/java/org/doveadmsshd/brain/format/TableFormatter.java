package org.doveadmsshd.brain.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/**
 * Aligned columns; their widths come from the first {@value #SAMPLE} rows and from the width of a
 * line.
 */
final class TableFormatter extends Formatter {
  private static final int SAMPLE = 100;

  /** Whether there is a heading: of all columns, as long as one of them wants it. */
  private final boolean titles;

  private final int lineWidth;
  private final List<List<String>> sample = new ArrayList<>();
  private List<String> row = new ArrayList<>();
  private int[] widths;

  TableFormatter(List<Column> columns, Sink sink, boolean titles, int lineWidth) throws Failure {
    super(columns, sink);
    this.titles = titles && !columns.stream().allMatch(c -> c.has(Column.HIDE_TITLE));
    this.lineWidth = lineWidth;
    if (columns.stream().anyMatch(column -> column.has(Column.STREAMED))) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE,
          "The table formatter can't show values of several lines; use -f pager or -f json");
    }
  }

  @Override
  protected void print(Column column, Value value) throws IOException {
    row.add(value.text());
    if (isLastColumn()) {
      sample.add(row);
      row = new ArrayList<>();
      if (widths != null || sample.size() >= SAMPLE) {
        printSample();
      }
    }
  }

  @Override
  protected void chunk(Column column, ByteBuffer data, boolean first, boolean last)
      throws IOException {
    if (last) {
      print(column, Value.of("(too long)"));
    }
  }

  @Override
  public void end() throws IOException {
    printSample();
  }

  private void printSample() throws IOException {
    if (widths == null) {
      widths = widths();
      if (titles) {
        printRow(columns().stream().map(Column::title).toList());
      }
    }
    for (List<String> line : sample) {
      printRow(line);
    }
    sample.clear();
  }

  private int[] widths() {
    int count = columns().size();
    int[] least = new int[count];
    int[] most = new int[count];
    int total = count - 1;
    for (int i = 0; i < count; i++) {
      Column column = columns().get(i);
      least[i] = titles ? width(column.title()) : 0;
      most[i] = least[i];
      for (List<String> line : sample) {
        int width = width(line.get(i));
        least[i] = Math.min(least[i], width);
        most[i] = Math.max(most[i], width);
      }
      total += most[i];
    }
    if (total < lineWidth) {
      most[count - 1] += (lineWidth - total) / 2;
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

  private void printRow(List<String> values) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      String padding = " ".repeat(Math.max(0, widths[i] - width(values.get(i))));
      boolean right = columns().get(i).has(Column.RIGHT);
      line.append(i > 0 ? " " : "").append(right ? padding : "").append(values.get(i));
      line.append(right ? "" : padding);
    }
    write(line.append('\n').toString());
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}
