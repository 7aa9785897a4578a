package org.doveadmsshd.brain.format;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Writes one JSON string whose UTF-8 comes in pieces; malformed bytes become U+FFFD. */
final class StreamedText {
  private static final int PIECE = 8192;

  private final JsonGenerator json;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final CharBuffer chars = CharBuffer.allocate(PIECE);
  private ByteBuffer left = ByteBuffer.allocate(0);
  private boolean begun;

  StreamedText(JsonGenerator json) {
    this.json = json;
  }

  void accept(ByteBuffer data, boolean last) throws IOException {
    if (!begun) {
      json.writeRawValue("\"");
      begun = true;
    }
    ByteBuffer input = data;
    if (left.hasRemaining()) {
      input = ByteBuffer.allocate(left.remaining() + data.remaining()).put(left).put(data).flip();
    }
    boolean more = true;
    while (more) {
      more = decoder.decode(input, chars.clear(), last).isOverflow();
      write(chars.flip());
    }
    left = ByteBuffer.allocate(input.remaining()).put(input).flip();
    if (last) {
      decoder.flush(chars.clear());
      write(chars.flip());
      json.writeRaw('"');
    }
  }

  private void write(CharBuffer text) throws IOException {
    if (text.hasRemaining()) {
      String escaped = new String(JsonStringEncoder.getInstance().quoteAsString(text));
      json.writeRaw(escaped.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"));
    }
  }
}
