package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ssh-audit says of the algorithms that are offered. */
class SshAuditTest {
  /**
   * Newer than the release of ssh-audit that Debian 12 has: what it does not know it warns of. The
   * middle one is no algorithm, but says that the handshake cannot be tampered with
   * (CVE-2023-48795).
   */
  private static final List<String> NEWER =
      List.of(
          "mlkem768x25519-sha256",
          "kex-strict-s-v00@openssh.com",
          "sntrup761x25519-sha512@openssh.com");

  @TempDir Path directory;

  @Test
  void nothingFailsAndOnlyWhatIsNewIsWarnedOf() throws Exception {
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "ssh-audit")));
    assumeThat(installed).isTrue();
    try (TestSite site = new TestSite(directory, 2)) {
      List<String> lines =
          site.exec(new byte[0], "ssh-audit", "-n", "-p", "" + site.daemon.port(), "127.0.0.1")
              .lines();
      assertThat(lines).anyMatch(line -> line.contains("(key) ssh-ed25519"));
      assertThat(lines).noneMatch(line -> line.contains("[fail]"));
      assertThat(lines)
          .filteredOn(line -> line.contains("[warn]"))
          .allMatch(line -> NEWER.stream().anyMatch(line::contains));
    }
  }
}
