package org.doveadmsshd.brain.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/**
 * How {@code doveadm user} prints lookups: the first column is the user and is not shown, but an
 * empty line stands between two of them; the rest is as with tab, or a bare value.
 */
final class UserFormatter extends Formatter {
  private Value user;

  UserFormatter(List<Column> columns, Sink sink) {
    super(columns, sink);
  }

  @Override
  protected void print(Column column, Value value) throws IOException {
    if (isFirstColumn()) {
      beginUser(value);
    } else {
      write(value.bytes());
      write(isLastColumn() ? "\n" : "\t");
    }
  }

  private void beginUser(Value next) throws IOException {
    if (next.equals(user)) {
      return;
    }
    if (user != null) {
      write("\n");
    }
    if (columns().size() > 2) {
      write("field\tvalue\n");
    }
    user = next;
  }

  @Override
  protected void chunk(Column column, ByteBuffer data, boolean first, boolean last)
      throws IOException {
    write(data);
    if (last) {
      write("\n");
    }
  }
}
