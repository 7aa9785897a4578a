package org.doveadmsshd.keys;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.sshd.common.config.keys.PublicKeyEntry;

/** Whatever stands in a line of authorized keys: it lets in, or it does not. */
class AuthorizedKeysFuzzTest {
  private static final KeyPair KEY = key();
  private static final String LINE = PublicKeyEntry.toString(KEY.getPublic());

  private static KeyPair key() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void anyLine(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    String blob = Base64.getEncoder().encodeToString(bytes);
    AuthorizedKeys keys = new AuthorizedKeys("/nonexistent/%u");
    keys.also(Map.of("root", List.of(text, text + " " + LINE, "ssh-rsa " + blob)));
    keys.find("root", KEY.getPublic(), "192.0.2.7", Instant.EPOCH).ifPresent(AuthorizedKey::grant);
    keys.find(text, KEY.getPublic(), text, Instant.EPOCH);
  }
}
