package org.doveadmsshd.brain.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.brain.remote.Connector;
import org.doveadmsshd.brain.remote.LaneTransport;

/** Lanes that are connections to a UNIX socket. */
public final class SocketConnector implements Connector {
  private final String server;
  private final Path socket;
  private final Authentication authentication;

  /** Makes a client of SASL for each lane. */
  @FunctionalInterface
  public interface Authentication {
    SaslClient client() throws Failure;
  }

  /**
   * @param server as in the configuration
   */
  public SocketConnector(String server, Path socket, Authentication authentication) {
    this.server = server;
    this.socket = socket;
    this.authentication = authentication;
  }

  @Override
  public LaneTransport open() throws Failure {
    try {
      return new Lane(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    } catch (IOException e) {
      throw new Failure(
          Outcome.UNREACHABLE,
          "Server " + server + ": cannot connect to " + socket + ": " + Reason.of(e),
          e);
    }
  }

  @Override
  public Optional<SaslClient> authentication() throws Failure {
    return Optional.of(authentication.client());
  }

  /** A connection. */
  private record Lane(SocketChannel channel, InputStream in, OutputStream out)
      implements LaneTransport {
    Lane(SocketChannel channel) {
      this(channel, ChannelStreams.in(channel), ChannelStreams.out(channel));
    }

    /** Next to nothing, on one machine. */
    @Override
    public long roundTripMicros() {
      return 0;
    }

    @Override
    public void finish() {
      try {
        channel.shutdownOutput();
      } catch (IOException e) {
        close(); // it is closed already, or will be
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
