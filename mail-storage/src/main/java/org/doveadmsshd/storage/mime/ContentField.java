package org.doveadmsshd.storage.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
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
 * @param parameters with those that come in pieces (RFC 2231 section 3) put together, and those of
 *     that form behind all others
 */
public record ContentField(String value, List<Parameter> parameters) {
  private static final int MAX_PIECES = 1000;

  /** A parameter; its name ends with {@code *} where the value names its charset. */
  public record Parameter(String name, String value) {}

  /** Reads a field value; what cannot be read is left out. */
  public static ContentField parse(String value) {
    byte[] bytes = HeaderText.unfold(value).getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayBuffer buffer = new ByteArrayBuffer(bytes, true);
    RawBody body = RawFieldParser.DEFAULT.parseRawBody(buffer, new ParserCursor(0, bytes.length));
    List<Parameter> parameters = new ArrayList<>();
    List<Parameter> whole = new ArrayList<>();
    Map<String, TreeMap<Integer, Parameter>> pieces = new LinkedHashMap<>();
    for (NameValuePair pair : body.getParams()) {
      String content = pair.getValue() == null ? "" : pair.getValue();
      if (pair.getName().matches("[^*]+\\*[0-9]{1,3}\\*?")) {
        int star = pair.getName().indexOf('*');
        String number = pair.getName().substring(star + 1).replace("*", "");
        pieces
            .computeIfAbsent(pair.getName().substring(0, star), name -> new TreeMap<>())
            .put(Integer.parseInt(number), new Parameter(pair.getName(), content));
      } else if (pair.getName().endsWith("*")) {
        whole.add(new Parameter(pair.getName(), content));
      } else if (!pair.getName().isEmpty()) {
        parameters.add(new Parameter(pair.getName(), content));
      }
    }
    parameters.addAll(whole);
    pieces.forEach((name, numbered) -> parameters.add(joined(name, numbered)));
    return new ContentField(body.getValue() == null ? "" : body.getValue().strip(), parameters);
  }

  private static Parameter joined(String name, TreeMap<Integer, Parameter> pieces) {
    boolean extended = pieces.values().stream().anyMatch(piece -> piece.name().endsWith("*"));
    StringBuilder value = new StringBuilder();
    int expected = 0;
    for (Map.Entry<Integer, Parameter> piece : pieces.entrySet()) {
      if (piece.getKey() != expected++ || expected > MAX_PIECES) {
        break;
      }
      boolean plain = extended && !piece.getValue().name().endsWith("*");
      value.append(plain ? escaped(piece.getValue().value()) : piece.getValue().value());
    }
    return new Parameter(extended ? name + "*" : name, value.toString());
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    for (char c : text.toCharArray()) {
      boolean safe = c > ' ' && c < 0x7f && "%'*()<>@,;:\\\"/[]?=".indexOf(c) < 0;
      escaped.append(safe ? String.valueOf(c) : "%%%02X".formatted((int) c));
    }
    return escaped.toString();
  }

  /** The value of a parameter, whatever the case of its name; null when there is none. */
  public String parameter(String name) {
    for (Parameter parameter : parameters) {
      if (parameter.name().toLowerCase(Locale.ROOT).equals(name)) {
        return parameter.value();
      }
    }
    return null;
  }
}
