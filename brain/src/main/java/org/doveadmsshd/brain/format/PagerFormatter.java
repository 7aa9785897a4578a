package org.doveadmsshd.brain.format;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.protocol.Column;

/**
 * {@code title: value}, a line each, and a separator between rows. A streamed value begins on a
 * line of its own and gets no line end that it does not have.
 */
final class PagerFormatter extends TextFormatter {
  private final String separator;
  private boolean isFirstRow = true;

  PagerFormatter(List<Column> columns, Sink sink, String separator) {
    super(columns, sink);
    this.separator = separator;
  }

  @Override
  void begin(Column column) throws IOException {
    if (isFirstColumn()) {
      write(isFirstRow ? "" : separator);
      isFirstRow = false;
    }
    if (column.has(Column.STREAMED)) {
      write(column.title() + ":\n");
    } else if (!column.has(Column.HIDE_TITLE)) {
      write(column.title() + ": ");
    }
  }

  @Override
  void end(Column column) throws IOException {
    if (!column.has(Column.STREAMED)) {
      write("\n");
    }
  }
}
