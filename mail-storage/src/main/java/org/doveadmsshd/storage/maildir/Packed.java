package org.doveadmsshd.storage.maildir;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;

/**
 * Tells whether a file is a mail that Dovecot's zlib plugin has compressed: then the size in its
 * name is that of the mail, and not the file's.
 */
final class Packed {
  /** gzip, bzip2, zstd, xz, lz4 in Dovecot's frame ({@code Dovecot-LZ4}). */
  private static final List<byte[]> BEGINNINGS =
      List.of(
          HexFormat.of().parseHex("1f8b"),
          HexFormat.of().parseHex("425a68"),
          HexFormat.of().parseHex("28b52ffd"),
          HexFormat.of().parseHex("fd377a585a00"),
          HexFormat.of().parseHex("446f7665636f742d4c5a34"));

  private static final int LONGEST = 11;

  private Packed() {}

  static boolean is(Directory in, String name) throws PosixException {
    byte[] begin = new byte[LONGEST];
    try (OpenFile file = in.read(name)) {
      int length = Math.max(file.read(begin, 0, LONGEST), 0);
      return BEGINNINGS.stream().anyMatch(each -> begins(begin, length, each));
    }
  }

  private static boolean begins(byte[] begin, int length, byte[] with) {
    return length >= with.length && Arrays.equals(begin, 0, with.length, with, 0, with.length);
  }
}
