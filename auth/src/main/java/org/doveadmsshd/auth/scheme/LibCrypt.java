package org.doveadmsshd.auth.scheme;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;

/** The system's crypt_r(3), for hashes that no Java library knows. */
final class LibCrypt {
  private static final String LIBRARY = "libcrypt.so.1";

  /** Bytes of struct crypt_data, in every version of the library. */
  private static final int DATA = 256 * 1024;

  private static final int MAX_PASSWORD = 512;

  private LibCrypt() {}

  /** The library is only looked for when a hash needs it. */
  private static final class Library {
    static {
      Native.register(Library.class, LIBRARY);
    }

    static native String crypt_r(byte[] password, byte[] setting, Memory data);
  }

  /**
   * Hashes a password.
   *
   * @throws IllegalArgumentException when the system does not know the kind of hash either
   */
  static String crypt(String password, String setting) {
    if (!setting.matches("\\$(y|gy|7|sha1|md5)[$,][!-~]{1,384}") || password.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("unknown kind of crypt");
    }
    byte[] text = password.getBytes(StandardCharsets.UTF_8);
    if (text.length > MAX_PASSWORD) {
      return ""; // longer than the library takes: it cannot be right
    }
    try (Memory data = new Memory(DATA)) {
      data.clear();
      String hash = Library.crypt_r(terminated(text), terminated(latin1(setting)), data);
      if (hash == null || hash.startsWith("*")) {
        throw new IllegalArgumentException("the system does not know this kind of crypt");
      }
      return hash;
    } catch (UnsatisfiedLinkError e) {
      throw new IllegalArgumentException("the system has no " + LIBRARY, e);
    }
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] terminated(byte[] text) {
    return java.util.Arrays.copyOf(text, text.length + 1);
  }
}
