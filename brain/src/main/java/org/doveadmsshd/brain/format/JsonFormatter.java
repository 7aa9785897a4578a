package org.doveadmsshd.brain.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** One array of objects; every value is a string, as in Dovecot. No rows: {@code []}. */
final class JsonFormatter extends Formatter {
  private final JsonGenerator json;
  private StreamedText text;

  JsonFormatter(List<Column> columns, Sink sink) throws IOException {
    super(columns, sink);
    json = generator(sink);
  }

  /** A generator that hands on what it has written when it is flushed or its buffer is full. */
  static JsonGenerator generator(Sink sink) throws IOException {
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            sink.write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            sink.write(bytes, offset, length);
          }
        };
    JsonFactory factory = new JsonFactory();
    factory.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    return factory.createGenerator(out).setRootValueSeparator(new SerializedString("\n"));
  }

  @Override
  public void begin() throws IOException {
    json.writeStartArray();
  }

  @Override
  public void end() throws IOException {
    json.writeEndArray();
    json.flush();
  }

  @Override
  protected void print(Column column, Value value) throws IOException {
    begin(column);
    if (value == Value.ABSENT) {
      json.writeNull();
    } else {
      StreamedText.write(json, value.bytes());
    }
    endColumn();
  }

  @Override
  protected void chunk(Column column, ByteBuffer data, boolean first, boolean last)
      throws IOException {
    if (first) {
      begin(column);
      text = new StreamedText(json);
    }
    text.accept(data, last);
    if (last) {
      endColumn();
    }
  }

  private void begin(Column column) throws IOException {
    if (isFirstColumn()) {
      json.writeStartObject();
    }
    json.writeFieldName(column.key());
  }

  private void endColumn() throws IOException {
    if (isLastColumn()) {
      json.writeEndObject();
    }
  }
}
