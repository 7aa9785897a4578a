package org.doveadmsshd.storage.mime;

/**
 * Undoes base64 and quoted-printable piece by piece (RFC 2045 section 6), leniently: what cannot be
 * decoded in quoted-printable stays as it is, base64 ends where it is broken or padded.
 */
final class TransferDecoder {
  private static final byte[] BASE64 = new byte[128];
  private static final byte SKIP = -1;

  /** Bytes that mean themselves in quoted-printable wherever they stand. */
  private static final boolean[] PLAIN = new boolean[256];

  static {
    java.util.Arrays.fill(PLAIN, true);
    PLAIN['='] = false;
    PLAIN['\n'] = false;
    PLAIN['\r'] = false;
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    java.util.Arrays.fill(BASE64, SKIP);
    for (int i = 0; i < alphabet.length(); i++) {
      BASE64[alphabet.charAt(i)] = (byte) i;
    }
  }

  /** Takes decoded bytes; they are gone after the call. */
  @FunctionalInterface
  interface Output {
    void accept(byte[] bytes, int offset, int length);
  }

  private final Part.Encoding encoding;
  private final Output output;
  private final SearchBuffers buffers;
  private byte[] decoded;
  private int bits;
  private int bitCount;
  private boolean ended;
  private int escape;
  private int firstDigit;
  private int spaces;

  TransferDecoder(Part.Encoding encoding, Output output) {
    this(encoding, output, new SearchBuffers());
  }

  TransferDecoder(Part.Encoding encoding, Output output, SearchBuffers buffers) {
    this.buffers = buffers;
    this.decoded = buffers.decoded;
    this.encoding = encoding;
    this.output = output;
  }

  void accept(byte[] bytes, int offset, int length) {
    switch (encoding) {
      case NONE -> output.accept(bytes, offset, length);
      case BASE64 -> {
        int size = base64(bytes, offset, length);
        output.accept(decoded, 0, size);
      }
      case QUOTED_PRINTABLE -> {
        int size = quotedPrintable(bytes, offset, length); // may replace the array
        output.accept(decoded, 0, size);
      }
      case UNKNOWN -> {}
    }
  }

  private int base64(byte[] bytes, int offset, int length) {
    room(length);
    int out = 0;
    int end = offset + length;
    for (int i = offset; i < end && !ended; i++) {
      while (bitCount == 0 && i + 4 <= end) {
        int group =
            value(bytes[i]) << 18
                | value(bytes[i + 1]) << 12
                | value(bytes[i + 2]) << 6
                | value(bytes[i + 3]);
        if (group < 0) {
          break; // a line break, padding, or what should not be there
        }
        decoded[out] = (byte) (group >> 16);
        decoded[out + 1] = (byte) (group >> 8);
        decoded[out + 2] = (byte) group;
        out += 3;
        i += 4;
      }
      if (i < end) {
        out = base64(bytes[i], out);
      }
    }
    return out;
  }

  private int base64(byte b, int at) {
    int out = at;
    int value = value(b);
    if (value >= 0) {
      bits = bits << 6 | value;
      bitCount += 6;
      if (bitCount >= 8) {
        bitCount -= 8;
        decoded[out++] = (byte) (bits >> bitCount);
      }
    } else if (b != '\n' && b != '\r' && b != ' ' && b != '\t') {
      ended = true; // padding, or what should not be there
    }
    return out;
  }

  private static int value(byte b) {
    return b < 0 ? SKIP : BASE64[b];
  }

  /**
   * White space at the end of a line is no content; what may be that is kept for the next piece.
   */
  private int quotedPrintable(byte[] bytes, int offset, int length) {
    room(length + spaces + 3);
    int out = 0;
    for (; spaces > 0; spaces--) {
      decoded[out++] = ' ';
    }
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      byte b = bytes[i];
      if (escape == 0 && PLAIN[b & 0xff]) {
        int run = i + 1;
        while (run < end && PLAIN[bytes[run] & 0xff]) {
          run++;
        }
        System.arraycopy(bytes, i, decoded, out, run - i);
        out += run - i;
        i = run - 1;
      } else if (escape != 0) {
        out = escaped(b, out);
      } else if (b == '=') {
        escape = 1;
      } else {
        out = withoutSpaces(out); // a line break
        decoded[out++] = b;
      }
    }
    return hold(out);
  }

  /** Keeps spaces at the end of a piece back; returns where they begin. */
  private int hold(int out) {
    int end = escape == 0 ? withoutSpaces(out) : out;
    spaces = out - end;
    return end;
  }

  private int withoutSpaces(int at) {
    int out = at;
    while (out > 0 && decoded[out - 1] == ' ') {
      out--;
    }
    return out;
  }

  /** Takes a byte after an equals sign: a soft line break, or two digits. */
  private int escaped(byte b, int at) {
    int out = at;
    if (escape == 2) {
      escape = 0;
      int high = Character.digit(firstDigit, 16);
      int low = Character.digit(b, 16);
      if (high >= 0 && low >= 0) {
        decoded[out++] = (byte) (high << 4 | low);
      } else {
        decoded[out++] = '=';
        decoded[out++] = (byte) firstDigit;
        decoded[out++] = b;
      }
    } else if (b == '\n') {
      escape = 0;
    } else if (b != '\r' && b != ' ' && b != '\t') {
      firstDigit = b;
      escape = 2;
    }
    return out;
  }

  private void room(int bytes) {
    if (decoded.length < bytes) {
      decoded = new byte[bytes];
      buffers.decoded = decoded;
    }
  }
}
