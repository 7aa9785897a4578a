package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passwords asked for one way or the other, and keys and passwords together. */
class LoginMethodsTest {
  @TempDir Path directory;

  private static TestSite.Result login(
      TestSite site, String master, String password, String... options) throws Exception {
    Path ask = Files.createTempFile(site.directory, "askpass", "");
    Files.writeString(ask, "#!/bin/sh\necho '" + password + "'\n");
    assertThat(ask.toFile().setExecutable(true)).isTrue();
    List<String> words = new ArrayList<>(List.of("env", "SSH_ASKPASS=" + ask));
    words.add("SSH_ASKPASS_REQUIRE=force");
    words.addAll(site.ssh(master, options));
    words.replaceAll(word -> word.equals("BatchMode=yes") ? "NumberOfPasswordPrompts=1" : word);
    words.add("doveadm user '*'");
    return site.exec(new byte[0], words.toArray(String[]::new));
  }

  @Test
  void aPasswordMayBeTypedAtAPrompt() throws Exception {
    try (TestSite site = new TestSite(directory, 2, "auth_failure_delay = 0s\n")) {
      String[] prompt = {"-o", "PreferredAuthentications=keyboard-interactive"};
      assertThat(login(site, "admin", "secret", prompt).code()).isZero();
      assertThat(login(site, "admin", "wrong", prompt).code()).isEqualTo(255);
      assertThat(login(site, "nobody", "secret", prompt).code()).isEqualTo(255);
    }
  }

  @Test
  void whereKeyAndPasswordAreBothAskedForOneIsNotEnough() throws Exception {
    String both = "authentication_methods = publickey,password publickey,keyboard-interactive\n";
    try (TestSite site = new TestSite(directory, 2, "auth_failure_delay = 0s\n" + both)) {
      String noKey = "PubkeyAuthentication=no";
      assertThat(login(site, "admin", "secret", "-o", noKey).code()).isEqualTo(255);
      assertThat(site.doveadm("who").code()).as("only a key").isEqualTo(255);
      assertThat(login(site, "admin", "wrong").code()).isEqualTo(255);
      assertThat(login(site, "stranger", "secret").code()).isEqualTo(255);
      assertThat(login(site, "admin", "secret").code()).isZero();
      String prompt = "PreferredAuthentications=publickey,keyboard-interactive";
      assertThat(login(site, "admin", "secret", "-o", prompt).code()).isZero();
    }
  }

  @Test
  void whatTheKeyRestrictsHoldsAlsoBehindThePassword() throws Exception {
    String both = "authentication_methods = publickey,password\n";
    try (TestSite site = new TestSite(directory, 4, "auth_failure_delay = 0s\n" + both)) {
      String key = Files.readString(site.directory.resolve("key-admin.pub"));
      Files.writeString(
          site.directory.resolve("authorized/admin"), "scope=\"*@example.org\" " + key);
      TestSite.Result result = login(site, "admin", "secret");
      assertThat(result.code()).isZero();
      assertThat(result.lines()).isNotEmpty().allMatch(name -> name.endsWith("@example.org"));
    }
  }

  @Test
  void aKeyThatWasOnlyOfferedRestrictsNothing() throws Exception {
    try (TestSite site = new TestSite(directory, 4, "auth_failure_delay = 0s\n")) {
      String key = Files.readString(site.directory.resolve("key-stranger.pub"));
      Files.writeString(
          site.directory.resolve("authorized/admin"), "scope=\"*@example.org\" " + key);
      assertThat(login(site, "admin", "secret").lines()).anyMatch(name -> name.endsWith(".com"));
    }
  }
}
