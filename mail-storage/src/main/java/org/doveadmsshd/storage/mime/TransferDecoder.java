package org.doveadmsshd.storage.mime;

/**
 * Undoes base64 and quoted-printable piece by piece (RFC 2045 section 6), leniently: what cannot be
 * decoded in quoted-printable stays as it is, base64 ends where it is broken or padded. Lines of
 * quoted-printable end with CRLF.
 */
final class TransferDecoder {
  private static final byte[] BASE64 = new byte[128];
  private static final byte SKIP = -1;

  /** How much is decoded at once. */
  private static final int SLICE = 16 * 1024;

  /** Of white space in a row no more is kept in quoted-printable, as in Dovecot. */
  private static final int MAX_SPACES = 77;

  /** Bytes that may be held back: an equals sign, white space, a CR. */
  private static final int MAX_HELD = MAX_SPACES + 2;

  private static final byte[] HEX = new byte[256];

  // all other bytes mean themselves in quoted-printable; white space does not at the end of a line
  private static final long EQUALS = Octets.all('=');
  private static final long FEEDS = Octets.all('\n');
  private static final long RETURNS = Octets.all('\r');

  static {
    for (int i = 0; i < HEX.length; i++) {
      HEX[i] = (byte) Character.digit(i < 0x80 ? i : 0, 16);
    }
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    java.util.Arrays.fill(BASE64, SKIP);
    for (int i = 0; i < alphabet.length(); i++) {
      BASE64[alphabet.charAt(i)] = (byte) i;
    }
  }

  /** Takes decoded bytes; they are gone after the call. */
  @FunctionalInterface
  interface Sink {
    void accept(byte[] bytes, int offset, int length);
  }

  private final Part.Encoding encoding;
  private final Sink output;
  private final SearchBuffers buffers;
  private byte[] decoded;
  private int bits;
  private int bitCount;
  private boolean ended;

  /** Held back until it is known what they mean: an equals sign, white space, a CR. */
  private final byte[] held = new byte[MAX_HELD];

  private int heldLength;

  /** The digit behind an equals sign that waits for another; 0 for none. */
  private byte digit;

  TransferDecoder(Part.Encoding encoding, Sink output) {
    this(encoding, output, new SearchBuffers());
  }

  TransferDecoder(Part.Encoding encoding, Sink output, SearchBuffers buffers) {
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
        int end = offset + length;
        for (int at = offset; at < end; at += SLICE) {
          int size = quotedPrintable(bytes, at, Math.min(SLICE, end - at));
          output.accept(decoded, 0, size);
        }
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

  private int quotedPrintable(byte[] bytes, int offset, int length) {
    room(2 * length + MAX_HELD);
    int out = 0;
    int end = offset + length;
    for (int i = offset; i < end; ) {
      boolean free = heldLength == 0 && digit == 0;
      int run = free ? plainEnd(bytes, i, end) : i;
      if (run > i) {
        System.arraycopy(bytes, i, decoded, out, run - i);
        out += run - i;
        i = run;
      } else {
        int known = free ? knownLength(bytes, i, end) : 0;
        out = known > 0 ? known(bytes, i, out) : quotedPrintable(bytes[i], out);
        i += Math.max(known, 1);
      }
    }
    return out;
  }

  /** Where bytes end that mean themselves, and white space before others of that line. */
  private static int plainEnd(byte[] bytes, int from, int end) {
    int i = nextSpecial(bytes, from, end);
    if (i - from > MAX_SPACES) {
      i = manySpaces(bytes, from, i);
    }
    if (i == end || bytes[i] != '=') {
      while (i > from && isSpace(bytes[i - 1])) {
        i--;
      }
    }
    return i;
  }

  private static int nextSpecial(byte[] bytes, int from, int end) {
    int i = from;
    for (; i + 8 <= end; i += 8) {
      long word = Octets.at(bytes, i);
      long marks =
          Octets.zeros(word ^ EQUALS) | Octets.zeros(word ^ FEEDS) | Octets.zeros(word ^ RETURNS);
      if (marks != 0) {
        return i + Octets.first(marks);
      }
    }
    while (i < end && bytes[i] != '=' && bytes[i] != '\n' && bytes[i] != '\r') {
      i++;
    }
    return i;
  }

  /** Where more white space than is kept begins; the end where it does not. */
  private static int manySpaces(byte[] bytes, int from, int end) {
    int spaces = 0;
    for (int i = from; i < end; i++) {
      spaces = isSpace(bytes[i]) ? spaces + 1 : 0;
      if (spaces > MAX_SPACES) {
        return i + 1 - spaces;
      }
    }
    return end;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t';
  }

  /** How long the line break or the escape is that stands here; 0 where that is not seen yet. */
  private static int knownLength(byte[] bytes, int at, int end) {
    byte b = bytes[at];
    if (b == '\n') {
      return 1;
    }
    if (at + 1 < end && bytes[at + 1] == '\n' && (b == '\r' || b == '=')) {
      return 2;
    }
    boolean escape = b == '=' && at + 2 < end;
    return escape && (hex(bytes[at + 1]) | hex(bytes[at + 2])) >= 0 ? 3 : 0;
  }

  /** Takes what {@link #knownLength} has found. */
  private int known(byte[] bytes, int from, int at) {
    int out = at;
    if (bytes[from] != '=') {
      decoded[out++] = '\r';
      decoded[out++] = '\n';
    } else if (bytes[from + 1] != '\n') {
      decoded[out++] = (byte) (hex(bytes[from + 1]) << 4 | hex(bytes[from + 2]));
    }
    return out;
  }

  /** The value of a hexadecimal digit; negative where it is none. */
  private static int hex(byte b) {
    return HEX[b & 0xff];
  }

  private int quotedPrintable(byte b, int at) {
    int out = at;
    boolean equals = heldLength > 0 && held[0] == '=';
    boolean isHex = hex(b) >= 0;
    if (digit != 0 && isHex) {
      decoded[out++] = (byte) (hex(digit) << 4 | hex(b));
      digit = 0;
      heldLength = 0;
      return out;
    }
    if (digit != 0) {
      out = release(out);
      decoded[out++] = digit;
      digit = 0;
      equals = false;
    }
    if (b == '\n') {
      heldLength = 0; // white space at the end of a line is no content
      if (!equals) {
        decoded[out++] = '\r';
        decoded[out++] = '\n';
      }
    } else if (equals && isHex && heldLength == 1) {
      digit = b;
    } else {
      out = holdOrPut(b, out);
    }
    return out;
  }

  /** Takes a byte behind an equals sign that is neither a line break nor a digit. */
  private int holdOrPut(byte b, int at) {
    boolean returned = heldLength > 0 && held[heldLength - 1] == '\r';
    boolean space = isSpace(b);
    int out = !returned && (space || b == '\r') ? at : release(at);
    if (space) {
      int equals = heldLength > 0 && held[0] == '=' ? 1 : 0;
      if (heldLength - equals < MAX_SPACES) {
        held[heldLength++] = b;
      }
    } else if (b == '\r' || b == '=') {
      held[heldLength++] = b;
    } else {
      decoded[out++] = b;
    }
    return out;
  }

  /** Puts out held bytes. */
  private int release(int at) {
    System.arraycopy(held, 0, decoded, at, heldLength);
    int out = at + heldLength;
    heldLength = 0;
    return out;
  }

  private void room(int bytes) {
    if (decoded.length < bytes) {
      decoded = new byte[bytes];
      buffers.decoded = decoded;
    }
  }
}
