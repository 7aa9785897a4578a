package org.doveadmsshd.system;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CountDownLatch;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.loader.openssh.OpenSSHKeyPairResourceParser;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;

/** A client that does what stock clients do not: it does not read, or never ends its input. */
final class StubbornClient implements AutoCloseable {
  /** How long the server may take to take requests that it does not wait with. */
  private static final Duration TAKEN = Duration.ofSeconds(5);

  private static final int RECEIVED = 64 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SshClient client = SshClient.setUpDefaultClient();
  private final CountDownLatch reading = new CountDownLatch(1);
  private final ClientSession session;

  /** A command whose standard input stays open. */
  record Running(ChannelExec channel, ByteArrayOutputStream error) {
    /** Waits for its end; returns the exit code. */
    int code() {
      channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), PATIENCE);
      Integer status = channel.getExitStatus();
      return status == null ? -1 : status;
    }

    /** What it has said on standard error. */
    String said() {
      return error.toString(StandardCharsets.UTF_8);
    }
  }

  /** Connects to a site as admin, with a window that is as large as can be. */
  StubbornClient(TestSite site) throws Exception {
    this(site, true);
  }

  /** One that does not log in. */
  static StubbornClient stranger(TestSite site) throws Exception {
    return new StubbornClient(site, false);
  }

  private StubbornClient(TestSite site, boolean logsIn) throws Exception {
    client.setIoServiceFactoryFactory(new Nio2ServiceFactoryFactory());
    client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
    CoreModuleProperties.WINDOW_SIZE.set(client, 0x7FFFFFFFL);
    CoreModuleProperties.SOCKET_RCVBUF.set(client, RECEIVED);
    client.start();
    session =
        client.connect("admin", "127.0.0.1", site.daemon.port()).verify(PATIENCE).getSession();
    Path key = site.directory.resolve("key-admin");
    OpenSSHKeyPairResourceParser.INSTANCE
        .loadKeyPairs(session, key, null)
        .forEach(session::addPublicKeyIdentity);
    if (logsIn) {
      session.auth().verify(PATIENCE);
    }
  }

  /** Runs a command whose output is read, and whose input does not end. */
  Running run(String line) throws IOException {
    return run(line, new ByteArrayOutputStream());
  }

  /** Runs a command; from its first output on nothing is read, until {@link #goOnReading}. */
  Running runWithoutReading(String line) throws IOException {
    return run(
        line,
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
              reading.await(); // on the thread that reads the connection
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
        });
  }

  private Running run(String line, OutputStream out) throws IOException {
    ChannelExec channel = session.createExecChannel(line);
    PipedOutputStream never = new PipedOutputStream();
    channel.setIn(new PipedInputStream(never));
    channel.setOut(out);
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    channel.setErr(error);
    channel.open().verify(PATIENCE);
    return new Running(channel, error);
  }

  /** Sends requests that want an answer; says whether the server has taken all of them. */
  boolean asks(int requests) throws IOException {
    IoWriteFuture last = null;
    for (int i = 0; i < requests; i++) {
      Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, 64);
      request.putString("keepalive@openssh.com");
      request.putBoolean(true);
      last = session.writePacket(request);
    }
    return last.await(TAKEN.toMillis());
  }

  /**
   * Asks for the login to be begun, again and again, without reading an answer; says whether the
   * server has taken all of that.
   */
  boolean asksBeforeLogin(int requests) throws Exception {
    session.waitFor(EnumSet.of(ClientSession.ClientSessionEvent.WAIT_AUTH), PATIENCE);
    session.getIoSession().suspendRead();
    IoWriteFuture last = null;
    for (int i = 0; i < requests; i++) {
      Buffer request = session.createBuffer(SshConstants.SSH_MSG_SERVICE_REQUEST, 64);
      request.putString("ssh-userauth");
      last = session.writePacket(request);
    }
    return last.await(TAKEN.toMillis()) && last.isWritten();
  }

  /** Reads again. */
  void goOnReading() {
    reading.countDown();
  }

  @Override
  public void close() throws IOException {
    goOnReading();
    session.close(true);
    client.close(true);
  }
}
