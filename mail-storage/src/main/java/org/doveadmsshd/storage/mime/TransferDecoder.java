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

  /** Bytes that mean themselves in quoted-printable wherever they stand. */
  private static final boolean[] PLAIN = new boolean[256];

  static {
    java.util.Arrays.fill(PLAIN, true);
    for (char c : new char[] {'=', '\n', '\r', ' ', '\t'}) {
      PLAIN[c] = false;
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
    for (int i = offset; i < end; i++) {
      int run = heldLength == 0 && digit == 0 ? plainEnd(bytes, i, end) : i;
      if (run > i) {
        System.arraycopy(bytes, i, decoded, out, run - i);
        out += run - i;
        i = run - 1;
      } else {
        out = quotedPrintable(bytes[i], out);
      }
    }
    return out;
  }

  /** Where bytes end that mean themselves, and single spaces between them. */
  private static int plainEnd(byte[] bytes, int from, int end) {
    int i = from;
    while (i < end
        && (PLAIN[bytes[i] & 0xff]
            || bytes[i] == ' ' && i + 1 < end && PLAIN[bytes[i + 1] & 0xff])) {
      i++;
    }
    return i;
  }

  private int quotedPrintable(byte b, int at) {
    int out = at;
    boolean equals = heldLength > 0 && held[0] == '=';
    boolean hex = Character.digit(b, 16) >= 0;
    if (digit != 0 && hex) {
      decoded[out++] = (byte) (Character.digit(digit, 16) << 4 | Character.digit(b, 16));
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
    } else if (equals && hex && heldLength == 1) {
      digit = b;
    } else {
      out = holdOrPut(b, out);
    }
    return out;
  }

  /** Takes a byte behind an equals sign that is neither a line break nor a digit. */
  private int holdOrPut(byte b, int at) {
    boolean returned = heldLength > 0 && held[heldLength - 1] == '\r';
    boolean space = b == ' ' || b == '\t';
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
