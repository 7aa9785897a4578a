package org.doveadmsshd.storage.mime;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text that is put in as chars and taken out as UTF-8; half a surrogate pair becomes U+FFFD. Grows
 * as it must.
 */
final class Utf8Buffer {
  private static final byte[] REPLACEMENT = "\ufffd".getBytes(StandardCharsets.UTF_8);
  private static final int MAX_BYTES = 3;

  private final CharsetEncoder encoder =
      StandardCharsets.UTF_8
          .newEncoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .replaceWith(REPLACEMENT);

  /** Holds what can be taken from its position to its limit. */
  private ByteBuffer bytes = ByteBuffer.allocate(8192).flip();

  /** The first half of a pair whose second half has not come; 0 for none. */
  private char high;

  void add(String text) {
    add(CharBuffer.wrap(text));
  }

  void add(char[] chars, int offset, int length) {
    add(CharBuffer.wrap(chars, offset, length));
  }

  private void add(CharBuffer chars) {
    if (high != 0) {
      CharBuffer whole = CharBuffer.allocate(chars.remaining() + 1).put(high).put(chars).flip();
      high = 0;
      add(whole);
      return;
    }
    int last = chars.limit() - 1;
    if (last >= chars.position() && Character.isHighSurrogate(chars.get(last))) {
      high = chars.get(last);
      chars.limit(last);
    }
    bytes.compact();
    int room = bytes.position() + chars.remaining() * MAX_BYTES;
    if (room > bytes.capacity()) {
      bytes = ByteBuffer.allocate(Math.max(room, 2 * bytes.capacity())).put(bytes.flip());
    }
    encoder.reset().encode(chars, bytes, true);
    bytes.flip();
  }

  boolean isEmpty() {
    return !bytes.hasRemaining();
  }

  /** Takes as much as is wanted, or all there is; returns how much. */
  int take(byte[] target, int offset, int length) {
    int count = Math.min(length, bytes.remaining());
    bytes.get(target, offset, count);
    return count;
  }
}
