package org.doveadmsshd.keys;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * OpenSSH's key revocation list (PROTOCOL.krl, format version 1). What it does not understand makes
 * the whole list unreadable.
 */
final class RevocationList implements RevokedKeys.Contents {
  private static final byte[] MAGIC = "SSHKRL\n\0".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;

  private static final int CERTIFICATES = 1;
  private static final int KEYS = 2;
  private static final int SHA1 = 3;
  private static final int SIGNATURE = 4;
  private static final int SHA256 = 5;
  private static final int EXTENSION = 255;

  private static final int SERIALS = 0x20;
  private static final int RANGE = 0x21;
  private static final int BITMAP = 0x22;
  private static final int IDS = 0x23;
  private static final int CERTIFICATE_EXTENSION = 0x39;

  /** Hexadecimal digits of whole keys and of their hashes. */
  private final Set<String> keys = new HashSet<>();

  private final Set<String> sha1 = new HashSet<>();
  private final Set<String> sha256 = new HashSet<>();
  private final List<OfAuthority> authorities = new ArrayList<>();

  /**
   * What is revoked of the certificates that a key has signed.
   *
   * @param key of the authority; empty for any
   */
  private record OfAuthority(
      byte[] key, Set<Long> serials, List<long[]> ranges, List<Bitmap> bitmaps, Set<String> ids) {
    boolean has(long serial, String id) {
      boolean bySerial =
          serial != 0
              && (serials.contains(serial)
                  || ranges.stream().anyMatch(range -> isWithin(range, serial))
                  || bitmaps.stream().anyMatch(bitmap -> bitmap.has(serial)));
      return bySerial || ids.contains(id);
    }

    private static boolean isWithin(long[] range, long serial) {
      return Long.compareUnsigned(range[0], serial) <= 0
          && Long.compareUnsigned(serial, range[1]) <= 0;
    }
  }

  private record Bitmap(long offset, BigInteger bits) {
    boolean has(long serial) {
      long bit = serial - offset;
      return Long.compareUnsigned(serial, offset) >= 0
          && bit >= 0
          && bit < bits.bitLength()
          && bits.testBit((int) bit);
    }
  }

  private RevocationList() {}

  static boolean isOne(byte[] bytes) {
    return bytes.length >= MAGIC.length && Arrays.equals(Arrays.copyOf(bytes, MAGIC.length), MAGIC);
  }

  static RevocationList parse(byte[] bytes) throws IOException {
    RevocationList list = new RevocationList();
    ByteBuffer in = ByteBuffer.wrap(bytes).position(MAGIC.length);
    try {
      if (in.getInt() != VERSION) {
        throw new IOException("unknown version of a revocation list");
      }
      in.position(in.position() + 3 * Long.BYTES); // its number, its date, flags
      string(in); // reserved
      string(in); // comment
      while (in.hasRemaining()) {
        list.section(in.get() & 0xff, string(in));
      }
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException("a revocation list that is cut off", e);
    }
    return list;
  }

  private static ByteBuffer string(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer string = in.slice(in.position(), length);
    in.position(in.position() + length);
    return string;
  }

  private static byte[] bytes(ByteBuffer in) {
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return bytes;
  }

  private void section(int type, ByteBuffer in) throws IOException {
    switch (type) {
      case CERTIFICATES -> certificates(in);
      case KEYS -> all(in, keys);
      case SHA1 -> all(in, sha1);
      case SHA256 -> all(in, sha256);
      case SIGNATURE -> {} // whoever may write the file is trusted
      case EXTENSION -> extension(in);
      default -> throw new IOException("unknown section " + type + " of a revocation list");
    }
  }

  private static void all(ByteBuffer in, Set<String> into) {
    while (in.hasRemaining()) {
      into.add(HexFormat.of().formatHex(bytes(string(in))));
    }
  }

  private static void extension(ByteBuffer in) throws IOException {
    string(in); // its name
    if (in.get() != 0) {
      throw new IOException("a revocation list with an unknown extension that counts");
    }
  }

  private void certificates(ByteBuffer in) throws IOException {
    byte[] authority = bytes(string(in));
    string(in); // reserved
    OfAuthority of =
        new OfAuthority(
            authority, new HashSet<>(), new ArrayList<>(), new ArrayList<>(), new HashSet<>());
    while (in.hasRemaining()) {
      int type = in.get() & 0xff;
      ByteBuffer data = string(in);
      switch (type) {
        case SERIALS -> {
          while (data.hasRemaining()) {
            of.serials.add(data.getLong());
          }
        }
        case RANGE -> of.ranges.add(new long[] {data.getLong(), data.getLong()});
        case BITMAP -> {
          long offset = data.getLong();
          of.bitmaps.add(new Bitmap(offset, new BigInteger(1, bytes(string(data)))));
        }
        case IDS -> {
          while (data.hasRemaining()) {
            of.ids.add(StandardCharsets.UTF_8.decode(string(data)).toString());
          }
        }
        case CERTIFICATE_EXTENSION -> extension(data);
        default -> throw new IOException("unknown kind of revoked certificates: " + type);
      }
    }
    authorities.add(of);
  }

  private static byte[] blob(PublicKey key) {
    ByteArrayBuffer buffer = new ByteArrayBuffer();
    buffer.putRawPublicKey(key);
    return buffer.getCompactData();
  }

  private static String hash(String algorithm, byte[] blob) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(blob));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has these
    }
  }

  @Override
  public boolean hasKey(PublicKey key) {
    byte[] blob = blob(key);
    return keys.contains(HexFormat.of().formatHex(blob))
        || sha1.contains(hash("SHA-1", blob))
        || sha256.contains(hash("SHA-256", blob));
  }

  @Override
  public boolean hasCertificate(OpenSshCertificate certificate) {
    byte[] authority = blob(certificate.getCaPubKey());
    return authorities.stream()
        .filter(of -> of.key.length == 0 || Arrays.equals(of.key, authority))
        .anyMatch(of -> of.has(certificate.getSerial(), certificate.getId()));
  }
}
