package org.doveadmsshd.brain.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** Values as they are, each with something before and behind it. */
abstract class TextFormatter extends Formatter {
  TextFormatter(List<Column> columns, Sink sink) {
    super(columns, sink);
  }

  /** Writes what stands before a value. */
  abstract void begin(Column column) throws IOException;

  /** Writes what stands behind a value. */
  abstract void end(Column column) throws IOException;

  @Override
  protected final void print(Column column, Value value) throws IOException {
    begin(column);
    write(value.bytes());
    end(column);
  }

  @Override
  protected final void chunk(Column column, ByteBuffer data, boolean first, boolean last)
      throws IOException {
    if (first) {
      begin(column);
    }
    write(data);
    if (last) {
      end(column);
    }
  }
}
