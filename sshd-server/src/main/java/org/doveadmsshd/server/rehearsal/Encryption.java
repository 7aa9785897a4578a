package org.doveadmsshd.server.rehearsal;

import java.util.List;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;

/**
 * Enciphers and deciphers packets as connections do. The processor's instructions for AES are used
 * by compiled code only, some fifty times as fast as what the JVM does before; and a connection has
 * few packets, so that it may take a hundred of them until that is compiled.
 */
final class Encryption {
  /** Of a key press, a few rows, and much output; the JDK has different ways for them. */
  private static final List<Integer> LENGTHS = List.of(32, 1024, 16 * 1024);

  private static final int PACKETS = 100;

  /** The length of a packet goes before it, unenciphered but authenticated. */
  private static final int AUTHENTICATED = 4;

  private Encryption() {}

  /** Some packets of each length. */
  static void rehearse() {
    for (BuiltinCiphers each : List.of(BuiltinCiphers.aes128gcm, BuiltinCiphers.aes256gcm)) {
      rehearse(each);
    }
  }

  private static void rehearse(BuiltinCiphers algorithm) {
    byte[] key = new byte[algorithm.getKdfSize()];
    byte[] first = new byte[algorithm.getIVSize()];
    try {
      Cipher out = algorithm.create();
      Cipher in = algorithm.create();
      out.init(Cipher.Mode.Encrypt, key, first);
      in.init(Cipher.Mode.Decrypt, key, first.clone());
      for (int length : LENGTHS) {
        byte[] packet = new byte[AUTHENTICATED + length + algorithm.getAuthenticationTagSize()];
        for (int i = 0; i < PACKETS; i++) {
          out.updateWithAAD(packet, 0, AUTHENTICATED, length);
          in.updateWithAAD(packet, 0, AUTHENTICATED, length);
        }
      }
    } catch (Exception e) { // so it is declared there
      throw new IllegalStateException("AES-GCM is not there", e);
    }
  }
}
