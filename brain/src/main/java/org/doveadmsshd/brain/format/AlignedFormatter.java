package org.doveadmsshd.brain.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** Lines of cells, whose widths come from the first {@value #SAMPLE} rows. */
abstract class AlignedFormatter extends Formatter {
  private static final int SAMPLE = 100;

  /** Whether there is a heading: of all columns, as long as one of them wants it. */
  private final boolean titles;

  private final List<List<String>> sample = new ArrayList<>();
  private List<String> row = new ArrayList<>();
  private int[] widths;

  AlignedFormatter(List<Column> columns, Sink sink, boolean titles) throws Failure {
    super(columns, sink);
    this.titles = titles && !columns.stream().allMatch(c -> c.has(Column.HIDE_TITLE));
    if (columns.stream().anyMatch(column -> column.has(Column.STREAMED))) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE,
          "The table formatter can't show values of several lines; use -f pager or -f json");
    }
  }

  /** What is shown of a value. */
  abstract String shown(Value value);

  /** How wide a cell is. */
  abstract int width(String cell);

  /**
   * Chooses the widths of the columns.
   *
   * @param least width of the narrowest cell of each column
   * @param most width of the widest one; the array may be changed
   */
  abstract int[] widths(int[] least, int[] most);

  /** One line of the table, without its end. */
  abstract String line(List<String> cells, int[] widths);

  @Override
  protected final void print(Column column, Value value) throws IOException {
    cell(shown(value));
  }

  @Override
  protected final void chunk(Column column, ByteBuffer data, boolean first, boolean last)
      throws IOException {
    if (last) {
      cell("(too long)");
    }
  }

  private void cell(String text) throws IOException {
    row.add(text);
    if (isLastColumn()) {
      sample.add(row);
      row = new ArrayList<>();
      if (widths != null || sample.size() >= SAMPLE) {
        printSample();
      }
    }
  }

  @Override
  public final void end() throws IOException {
    printSample();
  }

  private void printSample() throws IOException {
    if (widths == null) {
      widths = measured();
      if (titles) {
        printRow(columns().stream().map(Column::title).toList());
      }
    }
    for (List<String> cells : sample) {
      printRow(cells);
    }
    sample.clear();
  }

  private int[] measured() {
    int count = columns().size();
    int[] least = new int[count];
    int[] most = new int[count];
    for (int i = 0; i < count; i++) {
      least[i] = titles ? width(columns().get(i).title()) : 0;
      most[i] = least[i];
      for (List<String> cells : sample) {
        int width = width(cells.get(i));
        least[i] = Math.min(least[i], width);
        most[i] = Math.max(most[i], width);
      }
    }
    return widths(least, most);
  }

  private void printRow(List<String> cells) throws IOException {
    write(line(cells, widths) + "\n");
  }

  /**
   * A cell with spaces up to its width.
   *
   * @param right whether they stand before it
   */
  final String padded(String cell, int width, boolean right) {
    String padding = " ".repeat(Math.max(0, width - width(cell)));
    return right ? padding + cell : cell + padding;
  }
}
