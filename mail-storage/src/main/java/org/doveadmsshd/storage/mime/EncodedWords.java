package org.doveadmsshd.storage.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.doveadmsshd.storage.charset.Charsets;
import org.doveadmsshd.storage.charset.TextDecoder;

/**
 * Decodes the text of a header field: encoded-words (RFC 2047, with the language of RFC 2231), raw
 * bytes as UTF-8. White space between encoded-words goes, words of one charset are decoded
 * together, malformed bytes in a row become one U+FFFD, as in Dovecot.
 */
final class EncodedWords {
  private final String text;
  private final StringBuilder decoded = new StringBuilder();
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private Charset charset = StandardCharsets.UTF_8;

  /** Where the parts of the word at hand are. */
  private int encodingAt;

  private int contentAt;
  private int contentEnd;

  /**
   * @param text unfolded, one char a byte
   */
  private EncodedWords(String text) {
    this.text = text;
  }

  static String decode(String text) {
    return new EncodedWords(text).decode();
  }

  private String decode() {
    int raw = 0;
    int at = text.indexOf("=?");
    while (at >= 0) {
      if (!isSpace(raw, at)) {
        add(text.substring(raw, at), StandardCharsets.UTF_8);
        raw = at;
      }
      if (isWord(at)) {
        word(at);
        at = contentEnd + 2;
        raw = at;
      } else {
        raw = at;
        at += 2;
      }
      at = text.indexOf("=?", at);
    }
    add(text.substring(raw), StandardCharsets.UTF_8);
    flush();
    return decoded.toString();
  }

  private boolean isSpace(int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
        return false;
      }
    }
    return true;
  }

  /** Whether an encoded-word begins here; notes where its parts are. */
  private boolean isWord(int at) {
    encodingAt = delimiter(at + 2) + 1;
    if (encodingAt == 0 || encodingAt + 1 >= text.length() || text.charAt(encodingAt + 1) != '?') {
      return false;
    }
    contentAt = encodingAt + 2;
    contentEnd = delimiter(contentAt);
    return contentEnd >= 0
        && contentEnd + 1 < text.length()
        && text.charAt(contentEnd + 1) == '='
        && "QqBb".indexOf(text.charAt(encodingAt)) >= 0;
  }

  /** The next question mark, if no white space comes first; else -1. */
  private int delimiter(int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '?') {
        return i;
      }
      if (c == ' ' || c == '\t' || c == '\n') {
        return -1;
      }
    }
    return -1;
  }

  private void word(int at) {
    String name = text.substring(at + 2, encodingAt - 1);
    int language = name.indexOf('*');
    boolean quoted = "Qq".indexOf(text.charAt(encodingAt)) >= 0;
    String content = text.substring(contentAt, contentEnd);
    add(
        quoted ? unquoted(content) : unbased(content),
        Charsets.of(language < 0 ? name : name.substring(0, language)));
  }

  private static String unquoted(String content) {
    StringBuilder bytes = new StringBuilder(content.length());
    for (int i = 0; i < content.length(); i++) {
      char c = content.charAt(i);
      int high = c == '=' && i + 2 < content.length() ? digit(content, i + 1) : -1;
      int low = high < 0 ? -1 : digit(content, i + 2);
      if (low >= 0) {
        bytes.append((char) (high << 4 | low));
        i += 2;
      } else {
        bytes.append(c == '_' ? ' ' : c);
      }
    }
    return bytes.toString();
  }

  private static int digit(String text, int at) {
    return Character.digit(text.charAt(at), 16);
  }

  private static String unbased(String content) {
    StringBuilder bytes = new StringBuilder(content.length());
    byte[] encoded = content.getBytes(StandardCharsets.ISO_8859_1);
    new TransferDecoder(
            Part.Encoding.BASE64,
            (decoded, offset, length) ->
                bytes.append(new String(decoded, offset, length, StandardCharsets.ISO_8859_1)))
        .accept(encoded, 0, encoded.length);
    return bytes.toString();
  }

  private void add(String bytes, Charset of) {
    if (bytes.isEmpty()) {
      return;
    }
    if (!of.equals(charset)) {
      flush();
      charset = of;
    }
    pending.writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void flush() {
    if (pending.size() > 0) {
      decoded.append(TextDecoder.decode(charset, pending.toByteArray()));
      pending.reset();
    }
  }
}
