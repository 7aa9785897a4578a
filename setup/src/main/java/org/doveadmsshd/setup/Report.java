package org.doveadmsshd.setup;

import java.io.PrintStream;
import java.util.List;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.TextWidth;

/** What an administrator reads: headings, and columns below them. */
final class Report {
  private static final int WIDEST = 34;
  private static final int LONGEST = 500;

  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
  }

  void line(String text) {
    out.println(Printable.line(text, LONGEST));
  }

  void heading(String text) {
    out.println();
    line(text);
  }

  void indented(String text) {
    line("  " + text);
  }

  /**
   * Rows of columns of one width each; the last one is as long as it is.
   *
   * @param rows of the same number of columns
   */
  void table(List<List<String>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns - 1; i++) {
        widths[i] = Math.max(widths[i], Math.min(WIDEST, TextWidth.of(row.get(i))));
      }
    }
    for (List<String> row : rows) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String cell = Printable.line(row.get(i), LONGEST);
        boolean isNumber = cell.matches("[0-9,]{1,20}");
        int missing = i < columns - 1 ? widths[i] - TextWidth.of(cell) : 0;
        String space = " ".repeat(Math.max(0, missing));
        text.append("  ").append(isNumber ? space + cell : cell + space);
      }
      out.println(text.toString().stripTrailing());
    }
  }
}
