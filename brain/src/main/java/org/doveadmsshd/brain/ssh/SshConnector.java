package org.doveadmsshd.brain.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.client.session.ClientSession;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.brain.remote.Connector;
import org.doveadmsshd.brain.remote.LaneTransport;

/** Lanes that are channels of one SSH connection, which is opened when it is first needed. */
public final class SshConnector implements Connector {
  private static final String SUBSYSTEM = "doveadm";
  private static final Duration OPEN = Duration.ofSeconds(30);

  private final SshConnections connections;
  private final Address address;
  private ClientSession session;
  private Failure connectFailure;

  /**
   * Where a server is, and which user logs in there.
   *
   * @param name as in the configuration
   */
  public record Address(String name, String host, int port, String user, Path identity) {}

  public SshConnector(SshConnections connections, Address address) {
    this.connections = connections;
    this.address = address;
  }

  @Override
  public LaneTransport open() throws Failure, IOException {
    return Lane.open(session());
  }

  /** Whether lanes can be had: it has not connected yet, or is connected. */
  public synchronized boolean isUsable() {
    return connectFailure == null && (session == null || session.isOpen());
  }

  /**
   * Connects once. A second caller waits for that, and gets the same connection or the same
   * failure.
   */
  private synchronized ClientSession session() throws Failure {
    if (connectFailure != null) {
      throw connectFailure;
    }
    if (session == null) {
      try {
        session =
            connections.connect(address.host(), address.port(), address.user(), address.identity());
      } catch (Failure e) {
        connectFailure =
            new Failure(
                e.outcome(), "Server " + address.name() + ": " + e.getMessage(), e.getCause());
        throw connectFailure;
      }
    }
    return session;
  }

  /** A channel of the subsystem. */
  private record Lane(ChannelSubsystem channel, long roundTripMicros) implements LaneTransport {
    static Lane open(ClientSession session) throws IOException {
      ChannelSubsystem channel = session.createSubsystemChannel(SUBSYSTEM);
      long begun = System.nanoTime();
      channel.open().verify(OPEN);
      return new Lane(channel, (System.nanoTime() - begun) / 1000 / 2); // open, and the subsystem
    }

    @Override
    public InputStream in() {
      return channel.getInvertedOut();
    }

    @Override
    public OutputStream out() {
      return channel.getInvertedIn();
    }

    @Override
    public void finish() {
      channel.close(false);
    }

    @Override
    public void close() {
      channel.close(true);
    }
  }
}
