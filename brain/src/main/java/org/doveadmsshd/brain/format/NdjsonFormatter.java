package org.doveadmsshd.brain.format;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/**
 * One object per line. Numbers are numbers, what could not be had is null, and what is not UTF-8 is
 * {@code {"base64": "…"}}, as is every value too long to be looked at whole.
 */
final class NdjsonFormatter extends Formatter {
  private static final int BASE64_GROUP = 3;

  private final JsonGenerator json;
  private byte[] left = new byte[0];

  NdjsonFormatter(List<Column> columns, Sink sink) throws IOException {
    super(columns, sink);
    json = JsonFormatter.generator(sink);
  }

  @Override
  protected void print(Column column, Value value) throws IOException {
    begin(column);
    byte[] bytes = value.bytes();
    if (value == Value.ABSENT) {
      json.writeNull();
    } else if (column.has(Column.NUMBER) && isNumber(bytes)) {
      json.writeNumber(value.text());
    } else {
      text(bytes);
    }
    endColumn();
  }

  private static boolean isNumber(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      boolean sign = i == 0 && bytes[i] == '-' && bytes.length > 1;
      if (!sign && (bytes[i] < '0' || bytes[i] > '9')) {
        return false;
      }
    }
    return bytes.length > 0;
  }

  private void text(byte[] bytes) throws IOException {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      StreamedText.write(json, bytes);
    } catch (CharacterCodingException e) {
      json.writeStartObject();
      json.writeStringField("base64", Base64.getEncoder().encodeToString(bytes));
      json.writeEndObject();
    }
  }

  @Override
  protected void chunk(Column column, ByteBuffer data, boolean first, boolean last)
      throws IOException {
    if (first) {
      begin(column);
      json.writeStartObject();
      json.writeFieldName("base64");
      json.writeRawValue("\"");
    }
    byte[] bytes = new byte[left.length + data.remaining()];
    System.arraycopy(left, 0, bytes, 0, left.length);
    data.get(bytes, left.length, data.remaining());
    int whole = last ? bytes.length : bytes.length - bytes.length % BASE64_GROUP;
    byte[] now = Arrays.copyOf(bytes, whole);
    left = Arrays.copyOfRange(bytes, whole, bytes.length);
    json.writeRaw(new String(Base64.getEncoder().encode(now), StandardCharsets.US_ASCII));
    if (last) {
      json.writeRaw('"');
      json.writeEndObject();
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
      json.flush();
    }
  }

  @Override
  public void end() throws IOException {
    if (json.getOutputContext().getEntryCount() > 0) {
      write("\n");
    }
  }
}
