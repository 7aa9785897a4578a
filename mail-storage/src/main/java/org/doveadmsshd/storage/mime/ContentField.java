package org.doveadmsshd.storage.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.james.mime4j.stream.NameValuePair;
import org.apache.james.mime4j.stream.ParserCursor;
import org.apache.james.mime4j.stream.RawBody;
import org.apache.james.mime4j.stream.RawFieldParser;
import org.apache.james.mime4j.util.ByteArrayBuffer;

/**
 * A structured field: a value and parameters, {@code text/plain; charset=utf-8} (RFC 2045 section
 * 5.1). One char a byte.
 *
 * @param value without comments and white space around it
 */
public record ContentField(String value, List<Parameter> parameters) {

  /** A parameter as it stands there. */
  public record Parameter(String name, String value) {}

  /** Reads a field value; what cannot be read is left out. */
  public static ContentField parse(String value) {
    byte[] bytes = HeaderText.unfold(value).getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayBuffer buffer = new ByteArrayBuffer(bytes, true);
    RawBody body = RawFieldParser.DEFAULT.parseRawBody(buffer, new ParserCursor(0, bytes.length));
    List<Parameter> parameters = new ArrayList<>();
    for (NameValuePair pair : body.getParams()) {
      if (!pair.getName().isEmpty()) {
        parameters.add(
            new Parameter(pair.getName(), pair.getValue() == null ? "" : pair.getValue()));
      }
    }
    return new ContentField(body.getValue() == null ? "" : body.getValue().strip(), parameters);
  }

  /** The value of a parameter, whatever the case of its name; null when there is none. */
  public String parameter(String name) {
    for (Parameter parameter : parameters) {
      if (parameter.name().equalsIgnoreCase(name)) {
        return parameter.value();
      }
    }
    return null;
  }
}
