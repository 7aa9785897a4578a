package org.doveadmsshd.brain.ssh;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.remote.Connector;
import org.doveadmsshd.brain.remote.LaneTransport;

/**
 * Lanes that are channels of one SSH connection, or of several, each of which is opened when it is
 * first needed.
 */
public final class SshConnector implements Connector, Closeable {
  private final List<SshConnection> connections;

  /** What trying again does not help against; null for nothing. */
  private volatile Failure refusal;

  /** Whether a lane has been left without the server having been told: its channel stays open. */
  private volatile boolean hasLeftLane;

  /**
   * Where a server is, and which user logs in there.
   *
   * @param name as in the configuration
   */
  public record Address(String name, String host, int port, String user, Path identity) {}

  /** With one connection. */
  public SshConnector(SshConnections client, Address address) {
    this(client, address, 1);
  }

  /**
   * As above.
   *
   * @param count most connections; lanes are spread over them
   */
  public SshConnector(SshConnections client, Address address, int count) {
    connections = Stream.generate(() -> new SshConnection(client, address)).limit(count).toList();
  }

  @Override
  public LaneTransport open() throws Failure, IOException {
    if (refusal != null) {
      throw refusal;
    }
    try {
      return leastUsed().openReserved(() -> hasLeftLane = true);
    } catch (Failure e) {
      refusal = e.outcome() == Outcome.UNREACHABLE ? null : e;
      throw e;
    }
  }

  private synchronized SshConnection leastUsed() {
    SshConnection least =
        connections.stream().min(Comparator.comparing(SshConnection::lanes)).orElseThrow();
    least.reserve();
    return least;
  }

  /** Whether a further run may have lanes of it: those before have left nothing behind. */
  public boolean isUsable() {
    return refusal == null
        && !hasLeftLane
        && connections.stream().allMatch(SshConnection::isSettled);
  }

  /** Closes the connections; does not wait for that. */
  @Override
  public void close() {
    connections.forEach(SshConnection::close);
  }
}
