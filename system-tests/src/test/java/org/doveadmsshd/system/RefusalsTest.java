package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.session.ConnectionService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients are told that ask for too much, or for what there is not. */
class RefusalsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void whoWantsToTransferFilesIsToldThatThereIsNoSuchThing() throws Exception {
    try (TestSite site = new TestSite(directory, 1)) {
      List<String> words = site.ssh("admin", "-s");
      words.add("sftp");
      TestSite.Result asked = site.exec(new byte[0], words.toArray(String[]::new));
      assertThat(asked.code()).isEqualTo(1);
      assertThat(asked.out()).isEmpty();
      assertThat(asked.error())
          .isEqualTo(
              "doveadm: Error: There is no file transfer here, only doveadm commands;"
                  + " try: ssh <host> doveadm help\n");
      List<String> copy = new ArrayList<>(site.ssh("admin"));
      copy.set(0, "scp");
      copy.set(copy.indexOf("-p"), "-P");
      copy.subList(copy.size() - 3, copy.size()).clear();
      copy.addAll(List.of("admin@127.0.0.1:x", directory.resolve("x").toString()));
      TestSite.Result copied = site.exec(new byte[0], copy.toArray(String[]::new));
      assertThat(copied.code()).isNotZero();
      assertThat(copied.error()).contains("There is no file transfer here");
    }
  }

  /** As libssh2 does: it goes on waiting for the rest of an answer after the channel's end. */
  @Test
  void aClientThatDoesNotCloseItsSideOfARefusedTransferLosesItsConnection() throws Exception {
    try (TestSite site = new TestSite(directory, 1);
        SshClient client = SshClient.setUpDefaultClient();
        ClientSession session = site.login(client)) {
      ChannelSubsystem channel =
          new ChannelSubsystem("sftp") {
            @Override
            public void handleClose() {
              // says nothing
            }
          };
      session.getService(ConnectionService.class).registerChannel(channel);
      channel.open().verify(LONG);
      session.waitFor(EnumSet.of(ClientSession.ClientSessionEvent.CLOSED), LONG);
      assertThat(session.isOpen()).isFalse();
    }
  }

  @Test
  void aChannelTooManyIsRefusedInWordsAndTheConnectionGoesOn() throws Exception {
    try (TestSite site = new TestSite(directory, 1);
        SshClient client = SshClient.setUpDefaultClient();
        ClientSession session = site.login(client)) {
      for (int i = 0; i < 20; i++) {
        session.createSubsystemChannel("doveadm").open().verify(LONG);
      }
      assertThatThrownBy(() -> session.createSubsystemChannel("doveadm").open().verify(LONG))
          .hasStackTraceContaining("At most 20 channels on a connection");
      assertThat(session.isOpen()).isTrue();
    }
  }

  @Test
  void theSixthKeyMayBeTheRightOneAndTheSeventhMayNot() throws Exception {
    try (TestSite site = new TestSite(directory, 1)) {
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        String key = directory.resolve("wrong" + i).toString();
        site.exec(new byte[0], "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key);
        keys.addAll(List.of("-i", key));
      }
      assertThat(withKeys(site, keys.subList(0, 10)).code()).isZero();
      TestSite.Result refused = withKeys(site, keys);
      assertThat(refused.code()).isEqualTo(255);
      assertThat(refused.error()).contains("Too many authentication failures: 6");
    }
  }

  /** Tries those first, then the right one. */
  private static TestSite.Result withKeys(TestSite site, List<String> keys) throws Exception {
    List<String> words = site.ssh("admin");
    words.addAll(words.indexOf("-i"), keys);
    words.add("doveadm who");
    return site.exec(new byte[0], words.toArray(String[]::new));
  }

  @Test
  void aPacketThatIsTooLargeIsToldInTheLog() throws Exception {
    try (ServerLog log = new ServerLog();
        TestSite site = new TestSite(directory, 1);
        SshClient client = SshClient.setUpDefaultClient();
        ClientSession session = site.login(client)) {
      session.createExecChannel("doveadm help " + "x".repeat(400_000)).open();
      assertThat(log.next("The connection of admin from /127.0.0.1:"))
          .contains("is closed: a packet of more than 256 KiB");
    }
  }
}
