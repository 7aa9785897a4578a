package org.doveadmsshd.brain.format;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Writes one JSON string whose UTF-8 comes in pieces, escaped as by Dovecot: each malformed byte
 * becomes U+FFFD, what is not ASCII stays as it is but for the separators of lines and paragraphs,
 * which end a line in JavaScript.
 */
final class StreamedText {
  private static final int PIECE = 8192;
  private static final String SHORT = "\b\f\n\r\t\"\\";
  private static final String SHORT_NAMES = "bfnrt\"\\";

  private final JsonGenerator json;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final CharBuffer chars;
  private ByteBuffer left = ByteBuffer.allocate(0);
  private boolean begun;

  StreamedText(JsonGenerator json) {
    this(json, PIECE);
  }

  private StreamedText(JsonGenerator json, int piece) {
    this.json = json;
    this.chars = CharBuffer.allocate(piece);
  }

  /** Writes a whole string. */
  static void write(JsonGenerator json, byte[] utf8) throws IOException {
    int piece = Math.max(2, Math.min(PIECE, utf8.length)); // a pair of surrogates has to fit
    new StreamedText(json, piece).accept(ByteBuffer.wrap(utf8), true);
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
    CoderResult result;
    do {
      result = decoder.decode(input, chars.clear(), last);
      write(chars.flip());
      if (result.isError()) {
        input.position(input.position() + result.length());
        json.writeRaw("\ufffd".repeat(result.length()));
      }
    } while (!result.isUnderflow());
    left = ByteBuffer.allocate(input.remaining()).put(input).flip();
    if (last) {
      json.writeRaw('"');
    }
  }

  private void write(CharBuffer text) throws IOException {
    StringBuilder escaped = new StringBuilder(text.remaining() + 16);
    while (text.hasRemaining()) {
      char c = text.get();
      int named = SHORT.indexOf(c);
      if (named >= 0) {
        escaped.append('\\').append(SHORT_NAMES.charAt(named));
      } else if (c < ' ' || c == '\u2028' || c == '\u2029') {
        escaped.append("\\u%04x".formatted((int) c));
      } else {
        escaped.append(c);
      }
    }
    json.writeRaw(escaped.toString());
  }
}
