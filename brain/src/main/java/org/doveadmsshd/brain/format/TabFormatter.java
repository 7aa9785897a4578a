package org.doveadmsshd.brain.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Collectors;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** Titles, then values, separated by TAB; nothing escaped. */
final class TabFormatter extends Formatter {
  private final boolean titles;

  TabFormatter(List<Column> columns, Sink sink, boolean titles) {
    super(columns, sink);
    this.titles = titles;
  }

  @Override
  public void begin() throws IOException {
    if (titles) {
      write(columns().stream().map(Column::title).collect(Collectors.joining("\t", "", "\n")));
    }
  }

  @Override
  protected void print(Column column, Value value) throws IOException {
    write(value.bytes());
    endColumn();
  }

  @Override
  protected void chunk(Column column, ByteBuffer data, boolean first, boolean last)
      throws IOException {
    write(data);
    if (last) {
      endColumn();
    }
  }

  private void endColumn() throws IOException {
    write(isLastColumn() ? "\n" : "\t");
  }
}
