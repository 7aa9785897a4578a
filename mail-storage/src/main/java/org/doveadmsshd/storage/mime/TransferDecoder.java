package org.doveadmsshd.storage.mime;

/**
 * Undoes base64 and quoted-printable piece by piece (RFC 2045 section 6), leniently: what cannot be
 * decoded is passed over, and base64 ends at its padding.
 */
final class TransferDecoder {
  private static final byte[] BASE64 = new byte[128];
  private static final byte SKIP = -1;
  private static final byte PAD = -2;

  static {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    java.util.Arrays.fill(BASE64, SKIP);
    for (int i = 0; i < alphabet.length(); i++) {
      BASE64[alphabet.charAt(i)] = (byte) i;
    }
    BASE64['='] = PAD;
  }

  /** Takes decoded bytes; they are gone after the call. */
  @FunctionalInterface
  interface Output {
    void accept(byte[] bytes, int offset, int length);
  }

  private final Part.Encoding encoding;
  private final Output output;
  private byte[] decoded = new byte[4096];
  private int bits;
  private int bitCount;
  private boolean ended;
  private int escape;
  private int firstDigit;
  private int spaces;

  TransferDecoder(Part.Encoding encoding, Output output) {
    this.encoding = encoding;
    this.output = output;
  }

  void accept(byte[] bytes, int offset, int length) {
    switch (encoding) {
      case NONE -> output.accept(bytes, offset, length);
      case BASE64 -> output.accept(decoded, 0, base64(bytes, offset, length));
      case QUOTED_PRINTABLE -> output.accept(decoded, 0, quotedPrintable(bytes, offset, length));
      case UNKNOWN -> {}
    }
  }

  private int base64(byte[] bytes, int offset, int length) {
    room(length);
    int out = 0;
    for (int i = offset; i < offset + length && !ended; i++) {
      int value = bytes[i] < 0 ? SKIP : BASE64[bytes[i]];
      if (value >= 0) {
        bits = bits << 6 | value;
        bitCount += 6;
        if (bitCount >= 8) {
          bitCount -= 8;
          decoded[out++] = (byte) (bits >> bitCount);
        }
      } else if (value == PAD) {
        ended = true;
      }
    }
    return out;
  }

  private int quotedPrintable(byte[] bytes, int offset, int length) {
    room(length + spaces + 2);
    int out = 0;
    for (int i = offset; i < offset + length; i++) {
      byte b = bytes[i];
      if (escape == 1) {
        out = afterEquals(b, out);
      } else if (escape == 2) {
        out = secondDigit(b, out);
      } else if (b == '=') {
        out = putSpaces(out);
        escape = 1;
      } else if (b == ' ') {
        spaces++; // unless the line ends here
      } else {
        if (b == '\n' || b == '\r') {
          spaces = 0;
        }
        out = putSpaces(out);
        decoded[out++] = b;
      }
      if (out + spaces + 3 > decoded.length) {
        decoded = java.util.Arrays.copyOf(decoded, decoded.length * 2 + spaces);
      }
    }
    return out;
  }

  private int afterEquals(byte b, int out) {
    if (b == '\n') {
      escape = 0; // soft line break
      return out;
    }
    if (b == '\r' || b == ' ' || b == '\t') {
      return out;
    }
    firstDigit = b;
    escape = 2;
    return out;
  }

  private int secondDigit(byte b, int at) {
    int out = at;
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
    return out;
  }

  private int putSpaces(int at) {
    int out = at;
    for (; spaces > 0; spaces--) {
      decoded[out++] = ' ';
    }
    return out;
  }

  private void room(int bytes) {
    if (decoded.length < bytes) {
      decoded = new byte[bytes];
    }
  }
}
