package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.protocol.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Known answers made by {@code doveadm pw} of Dovecot 2.3.19. */
class PasswordHashTest {
  private static final String PASSWORD = "Grüße 123";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{PLAIN}Grüße 123",
        "{cleartext}Grüße 123",
        "{SHA256}6z/iKNQncDrvsiAWEh3Uol10mZ2jJAl1shrtkElBITw=",
        "{SHA512}fNEF3yadM1TKjiHYFinqF+SEpnITN8g3/saTpwrEC20FNm0Vbb6dqlOn80CW6hW18CAS3Xrd3J9SV6zundi"
            + "EHg==",
        "{SSHA256}RhbQV9tpeDJUFmdShqC3wunX7rirzEtYOxqaVLtHZ0y8CToB",
        "{SSHA512}aiGVq3horPsm5jk5ORxgyS8lvU6Kl51/EqsTtpeSWKHrg2+YFKRjOZOAlFYfoJ0DAy2nUugSiIwEMplhw"
            + "bxtnMp1zmQ=",
        "{SHA256-CRYPT}$5$5/A1Fbhpn8SZG9mZ$MbTLlY4wONQPBfIv/pm7EeGTdQogS7MKZ3BI6QF3M1D",
        "{SHA512-CRYPT}$6$TVtBGy2uCDreI/QY$4LjjcVnHlC9cME5zjwrJQXLYDkkfcV6nirtzsZym/idmBfxmkphUVxzO"
            + "W4rWJEfeMnO25h8xN.0G7RfSoS8zU0",
        "{BLF-CRYPT}$2y$05$iHG8XSUddu7TaeyEyqkWu.49xuSR4EnN3KtDIijMdqOjQN2t0tGJq",
        "{ARGON2I}$argon2i$v=19$m=32768,t=4,p=1$d6fR1Tbk1EtAtZ3p9dU9tg$Z0c+uP87SiCVVjhAfk/HC7vrCHFy"
            + "ag0BGm3vfJ/Qhc0",
        "{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$Q7ROl5T4vLB2ghSXGMDHiw$30caxfyEfOoYLUmwuHQX9ywHji"
            + "igvkYuWWlq3iaP/U0",
        "{CRYPT}$2y$05$z/d0i.20grg5NiyStPrR9uK4q4uvR26tQBgUxm0Zms4JTE9JK7/j.",
      })
  void verifiesWhatDovecotMakes(String stored) throws Failure {
    PasswordHash hash = PasswordHash.parse(stored, "CRYPT");
    assertThat(hash.verify(PASSWORD)).isTrue();
    assertThat(hash.verify(PASSWORD)).as("a second time").isTrue();
    assertThat(hash.verify("Grusse 123")).isFalse();
    assertThat(hash.verify("")).isFalse();
    assertThat(hash.toString()).doesNotContain("123").doesNotContain("$");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{NOSUCH}x",
        "{SSHA256}short",
        "{SHA512-CRYPT}$5$x$y",
        "{ARGON2ID}$argon2id$v=19$m=99999999,t=3,p=1$AAAA$AAAA",
        "{CRYPT}x"
      })
  void aHashThatCannotBeReadIsATemporaryFailureNotARefusal(String stored) {
    assertThatThrownBy(() -> PasswordHash.parse(stored, "CRYPT").verify("x"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(75));
  }

  @Test
  void anEmptyStoredPasswordLetsNobodyIn() throws Failure {
    assertThat(PasswordHash.parse("", "PLAIN").verify("")).isFalse();
  }
}
