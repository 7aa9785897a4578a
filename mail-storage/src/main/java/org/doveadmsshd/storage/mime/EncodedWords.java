package org.doveadmsshd.storage.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import org.doveadmsshd.storage.charset.Charsets;
import org.doveadmsshd.storage.charset.TextDecoder;

/**
 * Decodes the text of a header field: encoded-words (RFC 2047, with the language of RFC 2231), raw
 * bytes as UTF-8. White space between encoded-words goes, words of one charset are decoded
 * together, malformed bytes in a row become one U+FFFD, as in Dovecot.
 */
final class EncodedWords {
  /** Stands for bytes that cannot be searched for: no text has it. */
  private static final char NOTHING = '\uffff';

  private final String text;
  private final boolean searched;
  private final StringBuilder decoded = new StringBuilder();
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

  /** Charset of what is pending; null for an unknown name. */
  private Charset charset = StandardCharsets.UTF_8;

  /** Positions of the parts of the current word. */
  private int encodingAt;

  private int contentAt;
  private int contentEnd;

  /**
   * @param text unfolded, one char a byte
   * @param searched whether of words in an unknown charset only that remains which is the same in
   *     any case, as they are compared without folding
   */
  private EncodedWords(String text, boolean searched) {
    this.text = text;
    this.searched = searched;
  }

  static String decode(String text, boolean searched) {
    return new EncodedWords(text, searched).decode();
  }

  private String decode() {
    int raw = 0;
    int at = text.indexOf("=?");
    while (at >= 0) {
      if (!isSpace(raw, at)) {
        add(text.substring(raw, at), StandardCharsets.UTF_8);
      }
      raw = at;
      if (isWord(at)) {
        word(at);
        at = contentEnd + 2;
        raw = at;
      } else {
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

  /** Whether an encoded-word begins here; notes where its parts are. There may be spaces in it. */
  private boolean isWord(int at) {
    encodingAt = text.indexOf('?', at + 2) + 1;
    contentAt = encodingAt == 0 ? 0 : text.indexOf('?', encodingAt) + 1;
    contentEnd = contentAt == 0 ? -1 : text.indexOf('?', contentAt);
    return contentEnd >= 0
        && text.startsWith("=", contentEnd + 1)
        && "QqBb".indexOf(text.charAt(encodingAt)) >= 0;
  }

  private void word(int at) {
    boolean quoted = "Qq".indexOf(text.charAt(encodingAt)) >= 0;
    String content = text.substring(contentAt, contentEnd);
    add(quoted ? unquoted(content) : unbased(content), charset(at + 2, encodingAt - 1));
  }

  /** The charset named before a star and a language, if the whole is unknown. */
  private Charset charset(int from, int to) {
    String name = text.substring(from, to);
    int language = name.indexOf('*');
    Optional<Charset> known = Charsets.find(name);
    return known.isPresent() || language < 0
        ? known.orElse(null)
        : Charsets.find(name.substring(0, language)).orElse(null);
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
    if (!Objects.equals(of, charset)) {
      flush();
      charset = of;
    }
    pending.writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void flush() {
    if (pending.size() > 0) {
      byte[] bytes = pending.toByteArray();
      pending.reset();
      int from = decoded.length();
      boolean known = charset != null;
      TextDecoder decoder =
          new TextDecoder(known ? charset : StandardCharsets.UTF_8, decoded::append);
      decoder.accept(bytes, 0, bytes.length);
      if (!known || charset.equals(StandardCharsets.UTF_8)) {
        decoder.replaceRest();
      }
      if (searched && !known) {
        hide(from);
      }
    }
  }

  /** Dovecot does not fold text that it cannot decode, and so does not find it. */
  private void hide(int from) {
    for (int i = from; i < decoded.length(); i++) {
      char c = decoded.charAt(i);
      if (!Fold.fold(c).contentEquals(String.valueOf(c))) {
        decoded.setCharAt(i, NOTHING);
      }
    }
  }
}
