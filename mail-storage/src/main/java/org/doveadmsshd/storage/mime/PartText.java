package org.doveadmsshd.storage.mime;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;

/**
 * Searches the decoded text of one part.
 *
 * <p>As long as a part in an ASCII-compatible charset has shown nothing but ASCII, bytes are
 * compared as they are. From the first other byte on, everything is decoded and folded.
 */
final class PartText implements TransferDecoder.Output {
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final java.lang.invoke.VarHandle LONGS =
      java.lang.invoke.MethodHandles.byteArrayViewVarHandle(
          long[].class, java.nio.ByteOrder.nativeOrder());

  private final Needle needle;
  private final Needle.Search search;
  private final Charset charset;
  private final byte[] tail;
  private int tailLength;
  private boolean plain;
  private boolean found;
  private CharsetDecoder decoder;
  private final CharBuffer chars;
  private ByteBuffer undecoded = ByteBuffer.allocate(0);

  PartText(Needle needle, String charsetName, SearchBuffers buffers) {
    this.needle = needle;
    this.search = needle.new Search(buffers);
    this.chars = buffers.chars();
    this.charset = charset(charsetName);
    this.plain = needle.isAscii() && isAsciiCompatible(charset);
    this.tail = new byte[plain ? 2 * needle.length() : 0];
  }

  /** The charset of that name; UTF-8 for none, ASCII and names nobody knows. */
  static Charset charset(String name) {
    try {
      Charset named = Charset.forName(name);
      return named.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : named;
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return StandardCharsets.UTF_8;
    } catch (IllegalArgumentException e) {
      return StandardCharsets.UTF_8; // an empty name
    }
  }

  /** Whether bytes below 0x80 always mean ASCII, wherever they stand. */
  private static boolean isAsciiCompatible(Charset charset) {
    String name = charset.name();
    return name.equals("UTF-8")
        || name.startsWith("ISO-8859-")
        || name.startsWith("windows-125")
        || name.startsWith("KOI8")
        || name.startsWith("EUC-");
  }

  @Override
  public void accept(byte[] bytes, int offset, int length) {
    if (found || length == 0) {
      return;
    }
    if (plain && isAscii(bytes, offset, length)) {
      acceptAscii(bytes, offset, length);
      return;
    }
    if (plain) {
      plain = false;
      decode(tail, 0, tailLength);
    }
    decode(bytes, offset, length);
  }

  private static boolean isAscii(byte[] bytes, int offset, int length) {
    int i = offset;
    int end = offset + length;
    for (; i + 8 <= end; i += 8) {
      if (((long) LONGS.get(bytes, i) & HIGH_BITS) != 0) {
        return false;
      }
    }
    for (; i < end; i++) {
      if (bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }

  private void acceptAscii(byte[] bytes, int offset, int length) {
    int keep = needle.length() - 1;
    if (tailLength > 0) {
      // a match may begin in the last piece and end in this one
      int take = Math.min(keep, length);
      System.arraycopy(bytes, offset, tail, tailLength, take);
      found = needle.isInAscii(tail, 0, tailLength + take);
    }
    found = found || needle.isInAscii(bytes, offset, offset + length);
    if (length >= keep) {
      System.arraycopy(bytes, offset + length - keep, tail, 0, keep);
      tailLength = keep;
    } else {
      int old = Math.min(tailLength, keep - length);
      System.arraycopy(tail, tailLength - old, tail, 0, old);
      System.arraycopy(bytes, offset, tail, old, length);
      tailLength = old + length;
    }
  }

  private void decode(byte[] bytes, int offset, int length) {
    if (decoder == null) {
      decoder =
          charset
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPLACE)
              .onUnmappableCharacter(CodingErrorAction.REPLACE);
    }
    ByteBuffer input = ByteBuffer.wrap(bytes, offset, length);
    if (undecoded.hasRemaining()) {
      input = ByteBuffer.allocate(undecoded.remaining() + length).put(undecoded).put(input).flip();
    }
    boolean more = true;
    while (more && !search.isFound()) {
      more = decoder.decode(input, chars.clear(), false).isOverflow();
      search.accept(chars.array(), 0, chars.position());
    }
    undecoded = ByteBuffer.allocate(input.remaining()).put(input).flip();
    found = search.isFound();
  }

  boolean isFound() {
    return found;
  }
}
