package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Packets that no client sends which means well. */
@Timeout(120)
class OddPacketsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  /** Less than a login may take. */
  private static final int SOON_MILLIS = 20_000;

  @TempDir static Path directory;
  private static TestSite site;

  @BeforeAll
  static void start() throws Exception {
    site = new TestSite(directory, 1);
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  private static void awaitEnd(ClientSession session) {
    session.waitFor(EnumSet.of(ClientSession.ClientSessionEvent.CLOSED), LONG);
    assertThat(session.isOpen()).isFalse();
  }

  /** It never ends; what has come of it would lie in memory until the login has taken too long. */
  @Test
  void aStrangersPacketThatIsLargerThanAnyOfALoginIsNotWaitedFor() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", site.daemon.port())) {
      socket.setSoTimeout(SOON_MILLIS);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.write("SSH-2.0-odd\r\n".getBytes(StandardCharsets.US_ASCII));
      out.writeInt(200_000);
      try {
        out.write(new byte[100_000]);
        socket.getInputStream().readAllBytes(); // returns when the server closes
      } catch (java.net.SocketTimeoutException e) {
        throw new AssertionError("the server waits for the rest", e);
      } catch (IOException e) {
        assertThat(socket.isConnected()).as("it was reset").isTrue();
      }
    }
    assertThat(site.doveadm("user user0001@example.com").code()).isZero();
  }

  @Test
  void aProposalOfThousandsOfAlgorithmsEndsTheConnection() throws Exception {
    try (SshClient client = SshClient.setUpDefaultClient();
        ClientSession session = site.login(client)) {
      Buffer proposal = session.createBuffer(SshConstants.SSH_MSG_KEXINIT, 100_000);
      proposal.putRawBytes(new byte[16]);
      proposal.putString("x,".repeat(25_000) + "x");
      session.writePacket(proposal);
      awaitEnd(session);
    }
  }

  @Test
  void aLongCommandLineIsTakenInOnePacket() throws Exception {
    String line = "doveadm search -u user0001@example.com mailbox " + "x".repeat(200_000);
    try (SshClient client = SshClient.setUpDefaultClient();
        ClientSession session = site.login(client);
        ChannelExec channel = session.createExecChannel(line)) {
      channel.open().verify(LONG);
      channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LONG);
      assertThat(channel.getExitStatus()).isNotNull();
    }
  }

  @Test
  void aChannelWhosePacketsHaveRoomForNothingIsRefusedInWords() throws Exception {
    try (SshClient client = SshClient.setUpDefaultClient();
        ClientSession session = site.login(client)) {
      CoreModuleProperties.MAX_PACKET_SIZE.set(session, 100L);
      assertThatThrownBy(() -> session.createExecChannel("doveadm help").open().verify(LONG))
          .hasStackTraceContaining("must have room for 256 bytes");
      assertThat(session.isOpen()).isTrue();
    }
  }

  @Test
  void aTerminalWithANameOfManyBytesIsNone() throws Exception {
    try (SshClient client = SshClient.setUpDefaultClient();
        ClientSession session = site.login(client);
        ChannelExec channel = session.createExecChannel("doveadm help")) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      channel.setOut(out);
      channel.setUsePty(true);
      channel.setPtyType("x".repeat(100_000));
      channel.open().verify(LONG);
      channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LONG);
      assertThat(out.toString(StandardCharsets.UTF_8)).contains("\n").doesNotContain("\r\n");
    }
  }

  @Test
  void requestsForWhatThereIsNotLeaveNothingInTheLog() throws Exception {
    ListAppender<ILoggingEvent> seen = new ListAppender<>();
    Logger all = (Logger) LoggerFactory.getLogger("org.doveadmsshd");
    try (SshClient client = SshClient.setUpDefaultClient();
        ClientSession session = site.login(client)) {
      seen.start();
      all.addAppender(seen);
      assertThat(session.request("nosuch@example.com", request(session), LONG)).isNull();
      assertThat(seen.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .noneMatch(line -> line.contains("nosuch"));
    } finally {
      all.detachAppender(seen);
    }
  }

  private static Buffer request(ClientSession session) throws IOException {
    Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
    request.putString("nosuch@example.com");
    request.putBoolean(true);
    return request;
  }
}
