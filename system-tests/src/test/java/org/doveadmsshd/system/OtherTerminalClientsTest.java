package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The shell with clients that are not OpenSSH's. */
@Timeout(120)
class OtherTerminalClientsTest {
  @TempDir Path directory;
  private TestSite site;

  @BeforeEach
  void start() throws Exception {
    site = new TestSite(directory, 4);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void puttysPlinkHasAPrompt() throws Exception {
    assumeTrue(Tmux.isThere() && Tmux.isThere("plink"), "needs tmux and putty-tools");
    String own = run("puttygen", key(), "-O", "private", "-o", directory + "/key.ppk");
    assertThat(own).isEmpty();
    String print = run("ssh-keygen", "-l", "-f", directory + "/host_key.pub").split(" ")[1];
    works(
        List.of(
            "plink",
            "-ssh",
            "-batch",
            "-t",
            "-no-antispoof",
            "-P",
            "" + site.port(),
            "-hostkey",
            print,
            "-i",
            directory + "/key.ppk",
            "-l",
            "admin",
            "127.0.0.1"));
  }

  @Test
  void dropbearsDbclientHasAPrompt() throws Exception {
    assumeTrue(Tmux.isThere() && Tmux.isThere("dbclient"), "needs tmux and dropbear-bin");
    run("dropbearconvert", "openssh", "dropbear", key(), directory + "/key.dropbear");
    works(
        List.of(
            "env",
            "HOME=" + directory,
            "dbclient",
            "-y",
            "-t",
            "-p",
            "" + site.port(),
            "-i",
            directory + "/key.dropbear",
            "-l",
            "admin",
            "127.0.0.1"));
  }

  private String key() {
    return directory.resolve("key-admin").toString();
  }

  private String run(String... words) throws Exception {
    TestSite.Result result = site.exec(new byte[0], words);
    assertThat(result.code()).as(result.error()).isZero();
    return result.out();
  }

  /** A prompt, a command, Ctrl-C and an end with a code. */
  private void works(List<String> client) throws Exception {
    try (Tmux shell = new Tmux(directory, client).awaitsLine("admin>")) {
      shell.line("user '*'").awaits("user0004@example.org").awaitsLine("admin>");
      shell.type("search -A").press("C-c").awaitsLine("admin>");
      shell.line("exit 3");
      assertThat(shell.awaitsEnd()).isEqualTo(3);
    }
  }
}
