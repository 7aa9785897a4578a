package org.doveadmsshd.server.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.doveadmsshd.auth.EarlyDrop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that have not logged in, and how many there may be of all. */
@Timeout(60)
class StrangersTest {
  private static final String NAME = "SSH-2.0-doveadm-sshd\r\n";
  private static final int MILLIS = 30_000;

  private MemorySite site;
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    site.close();
  }

  private void start(Consumer<MemorySite.Plan> changes) {
    site = new MemorySite(changes);
  }

  private Socket open() throws IOException {
    Socket socket = new Socket("127.0.0.1", site.port());
    socket.setSoTimeout(MILLIS);
    sockets.add(socket);
    return socket;
  }

  private static String line(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next; (next = socket.getInputStream().read()) >= 0; ) {
      line.append((char) next);
      if (next == '\n') {
        break;
      }
    }
    return line.toString();
  }

  /** Reads up to the end; fails if it does not come. */
  private static void awaitEnd(Socket socket) throws IOException {
    try {
      socket.getInputStream().readAllBytes();
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset"); // what was said had not been read
    }
  }

  @Test
  void theServerSaysItsNameAndNoVersion() throws Exception {
    start(plan -> {});
    assertThat(line(open())).isEqualTo(NAME);
  }

  @Test
  void oneStrangerTooManyIsToldSoUntilAnotherHasLoggedInOrGone() throws Exception {
    start(plan -> plan.beforeLogin = EarlyDrop.parse("2"));
    Socket first = open();
    assertThat(line(first)).isEqualTo(NAME);
    try (Caller caller = new Caller(site);
        Caller.LoggedIn admin = caller.admin()) {
      Socket second = open();
      assertThat(line(second)).as("who has logged in does not count").isEqualTo(NAME);
      Socket third = open();
      assertThat(line(third)).isEqualTo("Exceeded MaxStartups\r\n");
      assertThat(third.getInputStream().read()).isEqualTo(-1);
      first.close();
      Await.until("a place is free", () -> line(open()).equals(NAME));
      assertThat(admin.run("doveadm user jane").code()).isZero();
    }
  }

  @Test
  void oneConnectionTooManyIsToldSoAlsoIfAllOthersHaveLoggedIn() throws Exception {
    start(plan -> plan.connections = 2);
    try (Caller caller = new Caller(site);
        Caller.LoggedIn one = caller.admin();
        Caller.LoggedIn two = caller.admin()) {
      assertThat(line(open())).isEqualTo("Too many connections\r\n");
      two.close();
      Await.until("a place is free", () -> line(open()).equals(NAME));
      assertThat(one.run("doveadm user jane").code()).isZero();
    }
  }

  @Test
  void whoDoesNotLogInInTimeIsCutOffAndWhoHasStays() throws Exception {
    start(plan -> plan.loginTimeout = Duration.ofMillis(500));
    try (Caller caller = new Caller(site)) {
      Caller.LoggedIn admin = caller.admin();
      awaitEnd(open());
      Caller.awaitClosed(caller.connect("admin"));
      assertThat(admin.run("doveadm user jane").code()).isZero();
    }
  }

  @Test
  void whoSpeaksAnotherLanguageIsCutOff() throws Exception {
    start(plan -> {});
    Socket socket = open();
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(500).getBytes(US_ASCII));
    awaitEnd(socket);
    Socket older = open();
    older.getOutputStream().write("SSH-1.5-old\r\n".getBytes(US_ASCII));
    awaitEnd(older);
  }

  /** A packet that is not encrypted, as they are before keys are exchanged. */
  private static void packet(Socket socket, int announced, byte[] payload) throws IOException {
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    try {
      out.writeInt(announced);
      out.writeByte(4); // of padding
      out.write(payload);
      out.write(new byte[4]);
    } catch (SocketException e) {
      assertThat(e).as("it is cut off already").isNotNull();
    }
  }

  @Test
  void aPacketThatIsLargerThanAnyOfALoginIsNotWaitedFor() throws Exception {
    start(plan -> {});
    Socket socket = open();
    socket.getOutputStream().write("SSH-2.0-odd\r\n".getBytes(US_ASCII));
    packet(socket, 250_000, new byte[60_000]); // the rest never comes
    awaitEnd(socket);
  }

  @Test
  void aProposalOfThousandsOfAlgorithmsEndsTheConnection() throws Exception {
    start(plan -> {});
    Socket socket = open();
    socket.getOutputStream().write("SSH-2.0-odd\r\n".getBytes(US_ASCII));
    byte[] payload = new byte[35_003];
    payload[0] = SshConstants.SSH_MSG_KEXINIT;
    packet(socket, payload.length + 5, payload);
    awaitEnd(socket);
  }

  /**
   * Asks as often as it may. MINA's client drops what is asked while an exchange is just ending, so
   * a count of questions is no count of exchanges; in which of them it is cut off it may not
   * notice.
   */
  private static void exchangeKeysUntilCutOff(ClientSession session) throws Exception {
    Await.until(
        "it is cut off",
        () -> {
          try {
            session.reExchangeKeys().verify(Caller.LONG);
          } catch (IOException e) {
            assertThat(e).as("it is being cut off").isNotNull();
          }
          return !session.isOpen();
        });
  }

  @Test
  void keysAreNotExchangedAgainAndAgainBeforeALogin() throws Exception {
    start(plan -> {});
    try (Caller caller = new Caller(site)) {
      ClientSession session = caller.connect("admin");
      session.waitFor(EnumSet.of(ClientSession.ClientSessionEvent.WAIT_AUTH), Caller.LONG);
      for (int i = 0; i < 2; i++) {
        session.reExchangeKeys().verify(Caller.LONG);
      }
      assertThat(session.isOpen()).isTrue();
      exchangeKeysUntilCutOff(session);
      Caller.awaitClosed(session);
      try (Caller.LoggedIn admin = caller.admin()) {
        for (int i = 0; i < 4; i++) {
          admin.session().reExchangeKeys().verify(Caller.LONG);
        }
        assertThat(admin.run("doveadm user jane").code()).as("after the login").isZero();
      }
    }
  }

  @Test
  void aStrangerOpensNoChannelThatCarriesSomethingOut() throws Exception {
    start(plan -> {});
    try (Caller caller = new Caller(site)) {
      ClientSession session = caller.connect("admin");
      Buffer open = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN, 64);
      open.putString("session");
      open.putUInt(0);
      open.putUInt(Caller.WINDOW);
      open.putUInt(Caller.WINDOW);
      session.writePacket(open);
      Buffer exec = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 128);
      exec.putUInt(0); // the server's number of its first channel
      exec.putString("exec");
      exec.putBoolean(false);
      exec.putString("doveadm expunge -u joe mailbox INBOX all");
      session.writePacket(exec);
      session.addPublicKeyIdentity(MemorySite.ADMIN);
      session.auth().await(Caller.LONG); // it is cut off, or has logged in
      assertThat(site.audit.of("command")).isEmpty();
      assertThat(site.work.mail("joe").mails("INBOX")).hasSize(1);
    }
  }

  @Test
  void whoHasLoggedInMaySendLargePacketsAsFarAsThereIsMemory() throws Exception {
    start(plan -> plan.memory = 800 * 1024);
    String line = "doveadm search -u jane mailbox " + "x".repeat(100_000) + " all";
    try (Caller caller = new Caller(site);
        Caller.LoggedIn admin = caller.admin()) {
      assertThat(admin.run("doveadm who").code()).isZero();
      ChannelExec channel = admin.session().createExecChannel(line);
      channel.open(); // whether that still succeeds is a matter of time
      Caller.awaitClosed(admin.session());
      assertThat(channel.getExitStatus()).as("it was not carried out").isNull();
      try (Caller.LoggedIn other = caller.admin()) {
        assertThat(other.run("doveadm who").code()).as("other connections").isZero();
      }
    }
  }

  @Test
  void aServerThatTakesNoFurtherConnectionsGoesOnWithThoseItHas() throws Exception {
    start(plan -> {});
    try (Caller caller = new Caller(site);
        Caller.LoggedIn admin = caller.admin()) {
      site.endpoint.stopAccepting();
      assertThatThrownBy(this::open).isInstanceOf(IOException.class);
      assertThat(admin.run("doveadm search -A all").lines()).hasSize(3);
    }
  }

  @Test
  void theMemoryOfConnectionsIsFreeAgainWhenTheyEnd() throws Exception {
    start(plan -> {});
    try (Caller caller = new Caller(site)) {
      for (int i = 0; i < 5; i++) {
        try (Caller.LoggedIn admin = caller.admin()) {
          admin.begin("doveadm save -u mary").say("Subject: x\n\n" + "y".repeat(30_000));
          admin.run("doveadm search -A all");
        }
      }
      Await.until("nothing is held", () -> site.budget.all().held() == 0);
    }
  }
}
