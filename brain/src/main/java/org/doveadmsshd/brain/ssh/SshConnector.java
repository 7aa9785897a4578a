package org.doveadmsshd.brain.ssh;

import java.io.Closeable;
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
public final class SshConnector implements Connector, Closeable {
  private static final String SUBSYSTEM = "doveadm";
  private static final Duration OPEN = Duration.ofSeconds(30);
  private static final Duration CLOSE = Duration.ofSeconds(2);

  private final SshConnections connections;
  private final Address address;
  private ClientSession session;
  private Failure connectFailure;

  /** Whether a lane has been left without the server having been told: its channel stays open. */
  private volatile boolean hasLeftLane;

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
    return new Lane(session(), () -> hasLeftLane = true);
  }

  /** Whether a further run may have lanes of it: those before have left nothing behind. */
  public synchronized boolean isUsable() {
    return connectFailure == null && !hasLeftLane && (session == null || session.isOpen());
  }

  /** Closes the connection. */
  @Override
  public synchronized void close() {
    if (session != null) {
      session.close(false);
    }
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
  private static final class Lane implements LaneTransport {
    private final ChannelSubsystem channel;
    private final Runnable whenLeft;
    private final long roundTripMicros;
    private volatile boolean finished;

    /**
     * @param whenLeft told when it is closed without the server having been told
     */
    Lane(ClientSession session, Runnable whenLeft) throws IOException {
      this.whenLeft = whenLeft;
      channel = session.createSubsystemChannel(SUBSYSTEM);
      long begun = System.nanoTime();
      channel.open().verify(OPEN);
      roundTripMicros = (System.nanoTime() - begun) / 1000 / 2; // open, and the subsystem
    }

    @Override
    public long roundTripMicros() {
      return roundTripMicros;
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
      finished = true;
      channel.close(false);
    }

    @Override
    public void close() {
      if (!finished || !isClosedInTime()) {
        whenLeft.run();
        channel.close(true);
      }
    }

    /** The library says nothing to a server whose channel is closed at once. */
    private boolean isClosedInTime() {
      try {
        return channel.close(false).await(CLOSE);
      } catch (IOException e) {
        return false;
      }
    }
  }
}
