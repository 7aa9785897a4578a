package org.doveadmsshd.brain.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/**
 * {@code title: value}, a line each, and a form feed between rows. A streamed value begins on a
 * line of its own and gets no line end that it does not have.
 */
final class PagerFormatter extends Formatter {
  private boolean isFirstRow = true;

  PagerFormatter(List<Column> columns, Sink sink) {
    super(columns, sink);
  }

  @Override
  protected void print(Column column, Value value) throws IOException {
    begin(column);
    write(value.bytes());
    if (!column.has(Column.STREAMED)) {
      write("\n");
    }
  }

  @Override
  protected void chunk(Column column, ByteBuffer data, boolean first, boolean last)
      throws IOException {
    if (first) {
      begin(column);
    }
    write(data);
    if (last && !column.has(Column.STREAMED)) {
      write("\n");
    }
  }

  private void begin(Column column) throws IOException {
    if (isFirstColumn()) {
      write(isFirstRow ? "" : "\f\n");
      isFirstRow = false;
    }
    if (column.has(Column.STREAMED)) {
      write(column.title() + ":\n");
    } else if (!column.has(Column.HIDE_TITLE)) {
      write(column.title() + ": ");
    }
  }
}
