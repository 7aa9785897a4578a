package org.doveadmsshd.brain.format;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.doveadmsshd.protocol.Column;

/** Titles, then values, separated by TAB; nothing escaped. */
final class TabFormatter extends TextFormatter {
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
  void begin(Column column) {}

  @Override
  void end(Column column) throws IOException {
    write(isLastColumn() ? "\n" : "\t");
  }
}
