package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ChannelShell;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;

/** An SSH client inside the test. It knows nothing of the keys and files of whoever tests. */
public final class Caller implements AutoCloseable {
  /** Long enough for whatever does come. */
  static final Duration LONG = Duration.ofSeconds(30);

  /** What the client lets be sent to it that it has not read. */
  static final int WINDOW = 64 * 1024;

  private final SshClient client = SshClient.setUpDefaultClient();
  private final int port;

  Caller(MemorySite site) {
    this(site, client -> {});
  }

  /** One that is set up in another way. */
  Caller(MemorySite site, Consumer<SshClient> changes) {
    this(site.port(), changes);
  }

  /** A client of the server at that port of this machine. */
  public Caller(int port) {
    this(port, client -> {});
  }

  private Caller(int port, Consumer<SshClient> changes) {
    this.port = port;
    client.setIoServiceFactoryFactory(new Nio2ServiceFactoryFactory());
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
    CoreModuleProperties.WINDOW_SIZE.set(client, (long) WINDOW);
    changes.accept(client);
    client.start();
  }

  /** Connects, without a login. */
  ClientSession connect(String user) throws IOException {
    return client.connect(user, "127.0.0.1", port).verify(LONG).getSession();
  }

  /** Connects and logs in, with keys that are tried one after another. */
  public LoggedIn login(String user, KeyPair... keys) throws IOException {
    ClientSession session = connect(user);
    for (KeyPair key : keys) {
      session.addPublicKeyIdentity(key);
    }
    session.auth().verify(LONG);
    return new LoggedIn(session);
  }

  LoggedIn loginWith(String user, String password) throws IOException {
    ClientSession session = connect(user);
    session.addPasswordIdentity(password);
    session.auth().verify(LONG);
    return new LoggedIn(session);
  }

  public LoggedIn admin() throws IOException {
    return login("admin", MemorySite.ADMIN);
  }

  @Override
  public void close() {
    client.close(true);
  }

  /** How a command has ended. */
  public record Ended(int code, String out, String error) {
    public List<String> lines() {
      return out.lines().toList();
    }
  }

  /** Waits until a connection is closed. */
  public static void awaitClosed(ClientSession session) {
    EnumSet<ClientSession.ClientSessionEvent> closed =
        EnumSet.of(ClientSession.ClientSessionEvent.CLOSED);
    if (!session.waitFor(closed, LONG).contains(ClientSession.ClientSessionEvent.CLOSED)) {
      throw new AssertionError("the connection stays open");
    }
  }

  /** A connection that is logged in. */
  public record LoggedIn(ClientSession session) implements AutoCloseable {
    /** Carries out a line, with no input, to its end. */
    public Ended run(String line) throws IOException {
      return begin(line).withoutInput().end();
    }

    /** Begins to carry out a line; its input stays open. */
    public Call begin(String line) throws IOException {
      return begin(line, channel -> {});
    }

    Call begin(String line, Consumer<ChannelExec> changes) throws IOException {
      ChannelExec channel = session.createExecChannel(line);
      changes.accept(channel);
      return open(channel, new Collected());
    }

    /** Begins to carry out a line whose output is not read. */
    Call beginUnread(String line) throws IOException {
      return open(session.createExecChannel(line), null);
    }

    /** Asks for a shell. */
    Call shell() throws IOException {
      ChannelShell channel = session.createShellChannel();
      channel.setUsePty(false);
      return open(channel, new Collected());
    }

    /** Asks for a shell on a terminal. */
    Call shell(String term, int columns, int lines) throws IOException {
      ChannelShell channel = session.createShellChannel();
      channel.setUsePty(true);
      channel.setPtyType(term);
      channel.setPtyColumns(columns);
      channel.setPtyLines(lines);
      return open(channel, new Collected());
    }

    Call subsystem(String name) throws IOException {
      return open(session.createSubsystemChannel(name), new Collected());
    }

    private static Call open(ClientChannel channel, Collected out) throws IOException {
      Collected error = new Collected();
      if (out != null) {
        channel.setOut(out);
      }
      channel.setErr(error);
      channel.open().verify(LONG);
      return new Call(channel, out, error);
    }

    @Override
    public void close() {
      session.close(true);
    }
  }

  /**
   * A command under way.
   *
   * @param out null when it is not read
   */
  public record Call(ClientChannel channel, Collected out, Collected error) {
    /** What the client sends. */
    OutputStream in() {
      return channel.getInvertedIn();
    }

    public void say(String text) throws IOException {
      in().write(text.getBytes(StandardCharsets.UTF_8));
      in().flush();
    }

    public Call withoutInput() throws IOException {
      in().close();
      return this;
    }

    /** Waits until a text has come on its standard output. */
    Call awaits(String text) throws InterruptedException {
      out.await(text);
      return this;
    }

    /** Whether something has come on its standard output. */
    public boolean saysSomething() {
      return !out.text().isEmpty();
    }

    /** As {@code kill} does it at the client's side. */
    void signal(String name) throws IOException {
      Buffer request = channel.getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST);
      request.putUInt(channel.getRecipient());
      request.putString("signal");
      request.putBoolean(false);
      request.putString(name);
      channel.getSession().writePacket(request);
    }

    /** Waits for the end. */
    public Ended end() {
      EnumSet<ClientChannelEvent> closed = EnumSet.of(ClientChannelEvent.CLOSED);
      if (!channel.waitFor(closed, LONG).contains(ClientChannelEvent.CLOSED)) {
        throw new AssertionError("it does not end; it says: " + error.text());
      }
      Integer status = channel.getExitStatus();
      return new Ended(status == null ? -1 : status, out == null ? "" : out.text(), error.text());
    }
  }
}
