package org.doveadmsshd.brain.format;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.protocol.Column;

/** {@code title=value title=value}, a row a line, nothing escaped. */
final class FlowFormatter extends TextFormatter {
  FlowFormatter(List<Column> columns, Sink sink) {
    super(columns, sink);
  }

  @Override
  void begin(Column column) throws IOException {
    if (!isFirstColumn()) {
      write(" ");
    }
    if (!column.has(Column.HIDE_TITLE)) {
      write(column.title() + "=");
    }
  }

  @Override
  void end(Column column) throws IOException {
    if (isLastColumn()) {
      write("\n");
    }
  }
}
