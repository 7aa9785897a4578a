package org.doveadmsshd.console.top;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.brain.format.Formatter;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** Takes rows rather than printing them. */
final class ActivityRows extends Formatter {
  /** Further ones are left out. */
  static final int MOST = 1000;

  private final List<List<Value>> rows = new ArrayList<>();
  private List<Value> row = new ArrayList<>();

  ActivityRows(List<Column> columns) {
    super(columns, (bytes, offset, length) -> {});
  }

  /** What has been taken. */
  List<Activity> activities(String server) {
    return rows.stream().map(each -> Activity.of(server, columns(), each)).toList();
  }

  @Override
  protected void print(Column column, Value value) {
    row.add(value);
    if (isLastColumn()) {
      if (rows.size() < MOST) {
        rows.add(row);
      }
      row = new ArrayList<>();
    }
  }

  /** Nothing that {@code who} shows is so long. */
  @Override
  protected void chunk(Column column, ByteBuffer data, boolean first, boolean last) {
    if (last) {
      print(column, Value.ABSENT);
    }
  }
}
