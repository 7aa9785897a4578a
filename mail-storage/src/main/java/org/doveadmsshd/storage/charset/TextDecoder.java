package org.doveadmsshd.storage.charset;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Decodes bytes that come in pieces. Malformed bytes in a row become one U+FFFD, a character that
 * breaks off at the end is left out, as in Dovecot. Used by one thread.
 */
public final class TextDecoder {
  /** Where the text goes. */
  @FunctionalInterface
  public interface Sink {
    /** Takes a piece of text, which is overwritten after the call. */
    void accept(char[] chars, int offset, int length);
  }

  private static final int MIN_CHARS = 16;

  private final CharsetDecoder decoder;
  private final boolean isUtf8;
  private final CharBuffer chars;
  private final Sink output;

  /** The beginning of a character that the last piece broke off in. */
  private byte[] rest = new byte[0];

  /** Whether the last thing given out was U+FFFD for malformed bytes. */
  private boolean replaced;

  /** A decoder with a buffer of its own. */
  public TextDecoder(Charset charset, Sink output) {
    this(charset, CharBuffer.allocate(256), output);
  }

  /**
   * @param chars a buffer of an array, at least {@value #MIN_CHARS} long, used by no other code
   *     meanwhile
   */
  public TextDecoder(Charset charset, CharBuffer chars, Sink output) {
    this.decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    this.isUtf8 = charset.equals(StandardCharsets.UTF_8);
    this.chars = chars;
    this.output = output;
  }

  /** Decodes a piece. */
  public void accept(byte[] bytes, int offset, int length) {
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
    if (rest.length > 0) {
      in = ByteBuffer.allocate(rest.length + length).put(rest).put(in).flip();
    }
    CoderResult result;
    do {
      result = decoder.decode(in, chars.clear(), false);
      if (chars.position() > 0) {
        output.accept(chars.array(), chars.arrayOffset(), chars.position());
        replaced = false;
      }
      if (result.isError()) {
        if (isUtf8 && breaksOff(in)) {
          break;
        }
        in.position(in.position() + 1);
        replace();
      }
    } while (!result.isUnderflow());
    if (rest.length > 0 || in.hasRemaining()) {
      rest = new byte[in.remaining()];
      in.get(rest);
    }
  }

  /**
   * Whether the last bytes are no more than a first byte announces, be they its own or not: that is
   * told when more of them are there.
   */
  private static boolean breaksOff(ByteBuffer in) {
    int first = in.get(in.position()) & 0xff;
    int announced = first < 0xc2 || first > 0xfd ? 1 : Integer.numberOfLeadingZeros(~first << 24);
    if (in.remaining() >= announced) {
      return false;
    }
    for (int i = in.position(); i < in.limit(); i++) {
      if (in.get(i) >= 0) {
        return false;
      }
    }
    return true;
  }

  private void replace() {
    if (!replaced) {
      chars.clear().put('\ufffd');
      output.accept(chars.array(), chars.arrayOffset(), 1);
      replaced = true;
    }
  }

  /** Puts U+FFFD in the place of a character that the last piece broke off in. */
  public void replaceRest() {
    if (rest.length > 0) {
      replace();
      rest = new byte[0];
    }
  }

  /** Forgets what was left of the last piece: the next one begins a new text. */
  public void end() {
    decoder.reset();
    rest = new byte[0];
    replaced = false;
  }

  /** Decodes a whole text. */
  public static String decode(Charset charset, byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length);
    CharBuffer chars = CharBuffer.allocate(Math.max(MIN_CHARS, Math.min(bytes.length, 8192)));
    new TextDecoder(charset, chars, text::append).accept(bytes, 0, bytes.length);
    return text.toString();
  }
}
