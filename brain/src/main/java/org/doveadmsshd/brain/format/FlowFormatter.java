package org.doveadmsshd.brain.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** {@code title=value title=value}, a row a line, nothing escaped. */
final class FlowFormatter extends Formatter {
  FlowFormatter(List<Column> columns, Sink sink) {
    super(columns, sink);
  }

  @Override
  protected void print(Column column, Value value) throws IOException {
    begin(column);
    write(value.bytes());
    endColumn();
  }

  @Override
  protected void chunk(Column column, ByteBuffer data, boolean first, boolean last)
      throws IOException {
    if (first) {
      begin(column);
    }
    write(data);
    if (last) {
      endColumn();
    }
  }

  private void begin(Column column) throws IOException {
    if (!isFirstColumn()) {
      write(" ");
    }
    if (!column.has(Column.HIDE_TITLE)) {
      write(column.title() + "=");
    }
  }

  private void endColumn() throws IOException {
    if (isLastColumn()) {
      write("\n");
    }
  }
}
