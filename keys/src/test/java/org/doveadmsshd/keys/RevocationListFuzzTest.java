package org.doveadmsshd.keys;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;

/** Whatever bytes a revocation list has: it is one, or it is refused with an IOException. */
class RevocationListFuzzTest {
  private static final PublicKey KEY = key();

  private static PublicKey key() {
    try {
      return KeyPairGenerator.getInstance("RSA").generateKeyPair().getPublic();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void anyBytes(byte[] bytes) {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    list.writeBytes("SSHKRL\n\0\0\0\0\1".getBytes(StandardCharsets.US_ASCII));
    list.writeBytes(new byte[24 + 8]); // number, date, flags, reserved, comment
    list.writeBytes(bytes);
    for (byte[] each : new byte[][] {list.toByteArray(), bytes}) {
      try {
        if (RevocationList.isOne(each)) {
          RevocationList.parse(each).hasKey(KEY);
        }
      } catch (IOException e) {
        // the only answer that is allowed
      }
    }
  }
}
