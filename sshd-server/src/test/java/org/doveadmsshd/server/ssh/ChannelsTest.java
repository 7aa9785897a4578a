package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelListener;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a connection may open after the login, and what not. */
@Timeout(60)
class ChannelsTest extends CalledServer {
  ChannelsTest() {
    super(plan -> plan.channels = 3);
  }

  @Test
  void oneChannelTooManyIsRefusedInWordsAndTheConnectionGoesOn() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      List<Caller.Call> open = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        open.add(admin.begin("doveadm save -u mary"));
      }
      assertThatThrownBy(() -> admin.begin("doveadm who"))
          .hasStackTraceContaining("At most 3 channels on a connection");
      assertThatThrownBy(() -> admin.subsystem("doveadm"))
          .hasStackTraceContaining("At most 3 channels");
      try (Caller.LoggedIn other = caller.admin()) {
        assertThat(other.run("doveadm user jane").code()).as("another connection").isZero();
      }
      open.get(0).signal("INT");
      open.get(0).end();
      assertThat(admin.run("doveadm user jane").code()).as("a place is free again").isZero();
    }
  }

  @Test
  void aChannelWhosePacketsHaveRoomForNothingIsRefusedInWords() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      CoreModuleProperties.MAX_PACKET_SIZE.set(admin.session(), 255L);
      assertThatThrownBy(() -> admin.begin("doveadm who"))
          .hasStackTraceContaining("must have room for 256 bytes");
      CoreModuleProperties.MAX_PACKET_SIZE.set(admin.session(), 256L);
      assertThat(admin.run("doveadm search -A all").lines()).hasSize(3);
    }
  }

  @Test
  void theClientMaySendNothingBeforeACommandReads() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call none = admin.begin("doveadm search -u jane all");
      site.work.awaitBegun();
      assertThat(none.channel().getRemoteWindow().getSize()).isZero();
      Caller.Call reads = admin.begin("doveadm save -u mary");
      Await.until("it may send", () -> reads.channel().getRemoteWindow().getSize() > 0);
      assertThat(none.channel().getRemoteWindow().getSize()).isZero();
    }
  }

  /** A multiplexing client closes its channel at the end of the output. */
  @Test
  void theExitCodeIsToldBeforeTheEndOfTheOutput() throws Exception {
    List<String> hints = Collections.synchronizedList(new ArrayList<>());
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call user =
          admin.begin(
              "doveadm user nobody",
              channel ->
                  channel.addChannelListener(
                      new ChannelListener() {
                        @Override
                        public void channelStateChanged(Channel changed, String hint) {
                          hints.add(hint);
                        }
                      }));
      assertThat(user.end().code()).isPositive();
    }
    assertThat(hints).containsSubsequence("exit-status", "SSH_MSG_CHANNEL_EOF");
  }

  @Test
  void environmentVariablesAreNotTaken() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Ended user =
          admin.begin("doveadm user '*'", channel -> channel.setEnv("TERM", "xterm")).end();
      assertThat(user.out()).as("no terminal").isEqualTo("jane\njoe\nmary\n");
    }
  }

  @Test
  void nothingIsForwarded() throws Exception {
    SshdSocketAddress there = new SshdSocketAddress("127.0.0.1", site.port());
    try (Caller.LoggedIn admin = caller.admin()) {
      ClientSession session = admin.session();
      SshdSocketAddress any = new SshdSocketAddress("127.0.0.1", 0);
      assertThatThrownBy(
              () -> session.createDirectTcpipChannel(any, there).open().verify(Caller.LONG))
          .isInstanceOf(SshException.class);
      assertThatThrownBy(() -> session.startRemotePortForwarding(any, there))
          .isInstanceOf(IOException.class);
      assertThat(admin.run("doveadm user jane").code()).as("the connection goes on").isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"auth-agent-req@openssh.com", "x11-req", "nosuch@example.org"})
  void requestsForOtherThingsAreWithoutEffect(String name) throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call save = admin.begin("doveadm save -u mary");
      Buffer request = admin.session().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 128);
      request.putUInt(save.channel().getRecipient());
      request.putString(name);
      request.putBoolean(false);
      request.putBoolean(true);
      request.putString("MIT-MAGIC-COOKIE-1");
      request.putString("00");
      request.putInt(0);
      admin.session().writePacket(request);
      save.say("Subject: x\n\ny\n");
      assertThat(save.withoutInput().end().code()).isZero();
    }
    assertThat(site.work.mail("mary").mails("INBOX")).hasSize(1);
  }

  @Test
  void globalRequestsThatAreUnknownAreRefusedAndKeepaliveIsAnswered() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      assertThat(ask(admin, "nosuch@example.org")).isFalse();
      assertThat(ask(admin, "tcpip-forward")).isFalse();
      assertThat(ask(admin, "keepalive@openssh.com")).isTrue();
      assertThat(admin.run("doveadm user jane").code()).isZero();
    }
  }

  private static boolean ask(Caller.LoggedIn connection, String name) throws IOException {
    Buffer request = connection.session().createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, 64);
    request.putString(name);
    request.putBoolean(true);
    return connection.session().request(name, request, Caller.LONG) != null;
  }

  @Test
  void whoWantsToTransferFilesIsToldThatThereIsNoSuchThing() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Ended sftp = admin.subsystem("sftp").end();
      assertThat(sftp.code()).isEqualTo(1);
      assertThat(sftp.out()).isEmpty();
      assertThat(sftp.error())
          .startsWith("doveadm: Error: There is no file transfer here")
          .contains("ssh <host> doveadm help");
    }
  }

  /** Clients that are made with libssh2 leave their side of the channel open. */
  @Test
  void aConnectionThatWasForFilesOnlyIsEndedIfTheClientDoesNotDoIt() throws Exception {
    try (Caller curl =
            new Caller(
                site,
                client ->
                    client.setUnknownChannelReferenceHandler(
                        (service, command, channel, buffer) -> null));
        Caller.LoggedIn admin = curl.admin()) {
      Buffer open = admin.session().createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN, 64);
      open.putString("session");
      open.putUInt(1000); // a number that the client's library knows nothing of
      open.putUInt(Caller.WINDOW);
      open.putUInt(Caller.WINDOW);
      admin.session().writePacket(open);
      Buffer request = admin.session().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 64);
      request.putUInt(0); // the server's number of its first channel
      request.putString("subsystem");
      request.putBoolean(false);
      request.putString("sftp");
      admin.session().writePacket(request);
      Caller.awaitClosed(admin.session());
    }
  }

  @Test
  void otherSubsystemsAreRefused() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Ended netconf = admin.subsystem("netconf").end();
      assertThat(netconf).as("it never began").isEqualTo(new Caller.Ended(-1, "", ""));
      assertThat(admin.run("doveadm user jane").code()).as("the connection goes on").isZero();
    }
  }

  @Test
  void aChannelCarriesOutOneCommandOnly() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call first = admin.begin("doveadm search -u jane all");
      site.work.awaitBegun();
      Buffer request = admin.session().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 128);
      request.putUInt(first.channel().getRecipient());
      request.putString("exec");
      request.putBoolean(false);
      request.putString("doveadm expunge -u joe mailbox INBOX all");
      admin.session().writePacket(request);
      admin.run("doveadm user jane"); // sent after it
      site.work.release("jane");
      first.end();
      assertThat(site.work.mail("joe").mails("INBOX")).hasSize(1);
    }
  }

  @Test
  void aPacketThatIsTooLongEndsTheConnectionAndTheLogSaysWhose() throws Exception {
    ListAppender<ILoggingEvent> seen = new ListAppender<>();
    Logger log = (Logger) LoggerFactory.getLogger(ConnectionFaults.class);
    seen.start();
    log.addAppender(seen);
    try (Caller.LoggedIn admin = caller.admin()) {
      ChannelExec channel = admin.session().createExecChannel("doveadm " + "x".repeat(300_000));
      channel.open(); // whether that still succeeds is a matter of time
      Caller.awaitClosed(admin.session());
      Await.until("it is said", () -> !seen.list.isEmpty());
      assertThat(seen.list.get(0).getFormattedMessage())
          .startsWith("The connection of admin from /127.0.0.1:")
          .endsWith("is closed: a packet of more than 256 KiB, or a broken one");
    } finally {
      log.detachAppender(seen);
    }
  }

  @Test
  void aLongLineIsTakenInOnePacket() throws Exception {
    String name = "x".repeat(200_000);
    try (Caller.LoggedIn admin = caller.admin()) {
      ChannelExec channel =
          admin.session().createExecChannel("doveadm search -u jane mailbox " + name + " all");
      channel.open().verify(Caller.LONG);
      Caller.Ended ended = new Caller.Call(channel, new Collected(), new Collected()).end();
      assertThat(ended.code()).isEqualTo(68);
    }
  }
}
