package org.doveadmsshd.auth.scheme;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.bouncycastle.crypto.digests.MD5Digest;

/**
 * The two states of MD5 that HMAC-MD5 (RFC 2104) has after the password: what CRAM-MD5 needs, 32
 * bytes in hexadecimal digits, the outer one first.
 */
final class CramMd5Scheme implements Scheme {
  private static final int BLOCK = 64;
  private static final int STATE = 16;

  /** Position of the four words of the state in Bouncy Castle's encoded state. */
  private static final int ENCODED_STATE = 16;

  @Override
  public boolean isBinary() {
    return true;
  }

  @Override
  public boolean verify(String user, String password, String hash) {
    byte[] stored = HexFormat.of().parseHex(hash.toLowerCase(Locale.ROOT));
    if (stored.length != 2 * STATE) {
      throw new IllegalArgumentException("wrong length");
    }
    return MessageDigest.isEqual(states(password), stored);
  }

  @Override
  public String make(String user, String password, int rounds) {
    return HexFormat.of().formatHex(states(password));
  }

  /**
   * HMAC-MD5 of a text, in hexadecimal digits.
   *
   * @param hash the two states after the password
   */
  static String digest(String hash, byte[] text) {
    ByteBuffer states =
        ByteBuffer.wrap(HexFormat.of().parseHex(hash.toLowerCase(Locale.ROOT)))
            .order(ByteOrder.LITTLE_ENDIAN);
    if (states.capacity() != 2 * STATE) {
      throw new IllegalArgumentException("wrong length");
    }
    MD5Digest outer = resumed(states);
    byte[] inner = finish(resumed(states), text);
    return HexFormat.of().formatHex(finish(outer, inner));
  }

  private static byte[] finish(MD5Digest digest, byte[] text) {
    digest.update(text, 0, text.length);
    byte[] sum = new byte[STATE];
    digest.doFinal(sum, 0);
    return sum;
  }

  /** A digest that goes on after one block, of which only the state is known. */
  private static MD5Digest resumed(ByteBuffer states) {
    MD5Digest any = new MD5Digest();
    any.update(new byte[BLOCK], 0, BLOCK);
    ByteBuffer encoded = ByteBuffer.wrap(any.getEncodedState());
    for (int i = 0; i < STATE; i += Integer.BYTES) {
      encoded.putInt(ENCODED_STATE + i, states.getInt());
    }
    return new MD5Digest(encoded.array());
  }

  private static byte[] states(String password) {
    byte[] key = password.getBytes(StandardCharsets.UTF_8);
    if (key.length > BLOCK) {
      MD5Digest digest = new MD5Digest();
      digest.update(key, 0, key.length);
      key = new byte[STATE];
      digest.doFinal(key, 0);
    }
    ByteBuffer states = ByteBuffer.allocate(2 * STATE).order(ByteOrder.LITTLE_ENDIAN);
    state(key, 0x5c, states);
    state(key, 0x36, states);
    return states.array();
  }

  private static void state(byte[] key, int pad, ByteBuffer out) {
    byte[] block = Arrays.copyOf(key, BLOCK);
    for (int i = 0; i < BLOCK; i++) {
      block[i] ^= (byte) pad;
    }
    MD5Digest digest = new MD5Digest();
    digest.update(block, 0, BLOCK);
    ByteBuffer encoded = ByteBuffer.wrap(digest.getEncodedState()); // big-endian words
    for (int i = 0; i < STATE; i += Integer.BYTES) {
      out.putInt(encoded.getInt(ENCODED_STATE + i));
    }
  }
}
