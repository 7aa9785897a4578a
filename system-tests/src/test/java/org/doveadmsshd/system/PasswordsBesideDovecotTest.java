package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Passwords stored by a real {@code doveadm pw} are verified here, and the other way round. */
@EnabledIf("isInstalled")
class PasswordsBesideDovecotTest {
  private static final String USER = "jane@example.org";
  private static final String PASSWORD = "Grüße & 'Küsse' $1$";

  static boolean isInstalled() {
    return Files.isExecutable(Path.of("/usr/bin/doveadm"));
  }

  /** All but one: what doveadm pw makes as PLAIN-TRUNC lacks the length, and it refuses that. */
  static List<String> schemes() {
    return PasswordHash.schemes().stream().filter(name -> !name.equals("PLAIN-TRUNC")).toList();
  }

  private static String pw(String... options) throws Exception {
    List<String> words = new java.util.ArrayList<>(List.of("doveadm", "pw", "-u", USER));
    words.addAll(List.of("-p", PASSWORD));
    words.addAll(List.of(options));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.strip();
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void hashesGoBothWays(String scheme) throws Exception {
    PasswordHash theirs = PasswordHash.parse(pw("-s", scheme), "CRYPT");
    assertThat(theirs.verify(USER, PASSWORD)).isTrue();
    assertThat(theirs.verify(USER, PASSWORD + "x")).isEqualTo(scheme.equals("DES-CRYPT"));
    String ours = PasswordHash.make(scheme, USER, PASSWORD, 0);
    assertThat(pw("-t", ours)).endsWith("(verified)");
  }
}
