package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Known answers made by {@code doveadm pw} of Dovecot 2.3.19. */
class PasswordHashTest {
  private static final String USER = "jane@example.org";
  private static final String YESCRYPT =
      "{CRYPT}$y$j9T$abcdefghijklmnop$3dL1LkYnZM.OVXuVdnnaKVDlLYT92dRwOzDZ5XiVCe.";

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
        "{SHA}Ly+aFvCdJNASPubm+/koFUqDaRY=",
        "{SHA1}Ly+aFvCdJNASPubm+/koFUqDaRY=",
        "{SHA1.hex}2f2f9a16f09d24d0123ee6e6fbf928154a836916",
        "{SHA1.b64}Ly+aFvCdJNASPubm+/koFUqDaRY=",
        "{SHA}2f2f9a16f09d24d0123ee6e6fbf928154a836916",
        "{SSHA}HnauDCic9SzNvPbmh/O1eHADvgdAA3J7",
        "{SMD5}9On/QaGrBx6684g23G5aBut2I+Y=",
        "{LDAP-MD5}BNU5K28gRiuK9ae63A67ZQ==",
        "{PLAIN-MD5}04d5392b6f20462b8af5a7badc0ebb65",
        "{PLAIN-MD5.BASE64}BNU5K28gRiuK9ae63A67ZQ==",
        "{PLAIN-MD4}e5c5f512dbd81c0d5af3fbddfeb4af91",
        "{MD5}04d5392b6f20462b8af5a7badc0ebb65",
        "{MD5}$1$UgfJDonU$KPZFs/oBXD7y7.rOUNkWW.",
        "{MD5-CRYPT}$1$uHoSKm2D$RWrfp..s/duj2SeDtfMA0/",
        "{DES-CRYPT}itvd0ofTCWpOQ",
        "{CRYPT}itvd0ofTCWpOQ",
        "{HMAC-MD5}a19baf21f6fe9e3067e00c97f0b880affaadeb9bc89637e355145198c578289b",
        "{CRAM-MD5}a19baf21f6fe9e3067e00c97f0b880affaadeb9bc89637e355145198c578289b",
        "{CRAM-MD5.b64}oZuvIfb+njBn4AyX8LiAr/qt65vIljfjVRRRmMV4KJs=",
        "{DIGEST-MD5}e563b31262fdf39b330e45b9a678d260",
        "{SCRAM-SHA-1}4096,075Gv7rHRydiYuZVJAty7w==,z2aMsAIORlH3Z7rDl28QYbLbNM0=,d5QmNmo+LyzKahk1CrnQ"
            + "svw0gWw=",
        "{SCRAM-SHA-256}4096,9AfYG2XpZUstMRpJbpGeRQ==,QTAcU0gW1ukMZN0hoOiSzWgobJgCfy2dT6Cxd3OssKg=,cE"
            + "Q35VLiVEkkxvce78QpkeIU3Go2zRxrHoaOUAHkNl8=",
        "{PBKDF2}$1$ltTaesw0PzlEMlxL$5000$0e4d49b0ebeb73f6b86b9c1f9d69f26d56db06fb",
        "{PLAIN-TRUNC}11-Grüße 123",
        "{CRYPT}$2y$05$z/d0i.20grg5NiyStPrR9uK4q4uvR26tQBgUxm0Zms4JTE9JK7/j.",
      })
  void verifiesWhatDovecotMakes(String stored) throws Failure {
    PasswordHash hash = PasswordHash.parse(stored, "CRYPT");
    assertThat(hash.verify(USER, PASSWORD)).isTrue();
    assertThat(hash.verify(USER, PASSWORD)).as("a second time").isTrue();
    assertThat(hash.verify(USER, "Grusse 123")).isFalse();
    assertThat(hash.verify(USER, "")).isFalse();
    assertThat(hash.toString()).doesNotContain("123").doesNotContain("$");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{NOSUCH}x",
        "{SSHA256}short",
        "{SHA512-CRYPT}$5$x$y",
        "{ARGON2ID}$argon2id$v=19$m=99999999,t=3,p=1$AAAA$AAAA",
        "{CRYPT}x",
        "{CRYPT}$y$nosuch",
        "{CRYPT}$zz$x$y",
        "{SHA256}zz",
        "{SHA256.hex}zz",
        "{SHA256.b64}6z/iKNQncDrvsiAWEh3Uol10mZ2jJAl1shrtkElB",
        "{PLAIN-MD5}04d5",
        "{CRAM-MD5}04d5",
        "{SCRAM-SHA-256}99999999,AAAA,AAAA,AAAA",
        "{SCRAM-SHA-256}4096,AAAA",
        "{PBKDF2}$1$salt$0$0e4d49b0ebeb73f6b86b9c1f9d69f26d56db06fb",
        "{PBKDF2}$1$salt$99999999$0e4d49b0ebeb73f6b86b9c1f9d69f26d56db06fb",
        "{MD5-CRYPT}$5$x$y",
        "{ARGON2ID}$argon2i$v=19$m=32768,t=4,p=1$AAAA$AAAA",
        "{PLAIN-TRUNC}password"
      })
  void aHashThatCannotBeReadIsATemporaryFailureNotARefusal(String stored) {
    assertThatThrownBy(() -> PasswordHash.parse(stored, "CRYPT").verify(USER, "x"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(75));
  }

  /** All but one: what PLAIN-TRUNC makes lacks the length, as Dovecot's does. */
  static List<String> schemes() {
    return PasswordHash.schemes().stream().filter(name -> !name.equals("PLAIN-TRUNC")).toList();
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void verifiesWhatItMakes(String scheme) throws Failure {
    String made = PasswordHash.make(scheme, USER, PASSWORD, 0);
    PasswordHash hash = PasswordHash.parse(made, "CRYPT");
    assertThat(hash.verify(USER, PASSWORD)).as(made).isTrue();
    assertThat(hash.verify(USER, "grüße 123")).as(made).isFalse();
    boolean saltless = made.equals(PasswordHash.make(scheme, USER, PASSWORD, 0));
    assertThat(saltless).isEqualTo(!scheme.matches(".*(CRYPT|SS|SCRAM|ARGON|PBKDF|SMD5).*|MD5"));
  }

  /** Made by crypt(3) of Debian 12, which is the default of its /etc/shadow. */
  @ParameterizedTest
  @ValueSource(strings = YESCRYPT)
  void theSystemVerifiesWhatNoLibraryKnows(String stored) throws Failure {
    assertThat(PasswordHash.parse(stored, "CRYPT").verify(USER, "secret")).isTrue();
    assertThat(PasswordHash.parse(stored, "CRYPT").verify(USER, "Secret")).isFalse();
    assertThat(PasswordHash.parse(stored, "CRYPT").verify(USER, "x".repeat(5000))).isFalse();
  }

  @Test
  void aTruncatedPasswordCountsUpToItsLength() throws Failure {
    PasswordHash hash = PasswordHash.parse("{PLAIN-TRUNC}6-secret", "CRYPT");
    assertThat(hash.verify(USER, "secret")).isTrue();
    assertThat(hash.verify(USER, "secrets and more")).isTrue();
    assertThat(hash.verify(USER, "secre")).isFalse();
    PasswordHash whole = PasswordHash.parse("{PLAIN-TRUNC}8-secret", "CRYPT");
    assertThat(whole.verify(USER, "secret")).isTrue();
    assertThat(whole.verify(USER, "secrets")).isFalse();
  }

  @Test
  void anEmptyStoredPasswordLetsNobodyIn() throws Failure {
    assertThat(PasswordHash.parse("", "PLAIN").verify(USER, "")).isFalse();
  }
}
