package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which algorithms clients get: the best of what they have, and something if they are older. */
class OlderClientsTest {
  @TempDir Path directory;

  private static TestSite.Result who(TestSite site, String... options) throws Exception {
    List<String> words = site.ssh("admin", options);
    words.addAll(List.of("-v", "-o", "LogLevel=DEBUG1", "doveadm", "who"));
    return site.exec(new byte[0], words.toArray(String[]::new));
  }

  @Test
  void whoHasGcmGetsItAlthoughHeWouldRatherHaveCtr() throws Exception {
    try (TestSite site = new TestSite(directory, 1)) {
      String ciphers = "Ciphers=aes128-ctr,aes256-ctr,aes256-gcm@openssh.com";
      TestSite.Result result = who(site, "-o", ciphers);
      assertThat(result.code()).isZero();
      assertThat(result.error()).contains("server->client cipher: aes256-gcm@openssh.com");
      String exchanges = "KexAlgorithms=ecdh-sha2-nistp256,curve25519-sha256";
      assertThat(who(site, "-o", exchanges).error())
          .contains("kex: algorithm: curve25519-sha256")
          .contains("server->client cipher: aes128-gcm@openssh.com");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Ciphers=aes128-ctr",
        "Ciphers=aes256-ctr",
        "KexAlgorithms=ecdh-sha2-nistp256",
        "KexAlgorithms=diffie-hellman-group14-sha256"
      })
  void whoHasNothingBetterConnectsAllTheSame(String option) throws Exception {
    try (TestSite site = new TestSite(directory, 1)) {
      String named = option.substring(option.indexOf('=') + 1);
      TestSite.Result result = who(site, "-o", option, "-o", "MACs=hmac-sha2-256");
      assertThat(result.code()).isZero();
      assertThat(result.error()).contains(named);
      String renewing = "RekeyLimit=16";
      assertThat(who(site, "-o", option, "-o", "MACs=hmac-sha2-256", "-o", renewing).code())
          .isZero();
    }
  }

  @Test
  void theLogSaysWhatAClientOffersThatCannotConnect() throws Exception {
    try (ServerLog log = new ServerLog();
        TestSite site = new TestSite(directory, 1)) {
      assertThat(who(site, "-o", "Ciphers=aes256-cbc").code()).isEqualTo(255);
      assertThat(log.next("No algorithm in common with SSH-2.0-OpenSSH"))
          .contains("it offers aes256-cbc; the server offers aes128-gcm@openssh.com");
      site.close();
      assertThat(log.rest()).as("strangers make one line").isEmpty();
    }
  }
}
