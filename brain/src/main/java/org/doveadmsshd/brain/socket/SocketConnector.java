package org.doveadmsshd.brain.socket;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.SignsOfLife;
import org.doveadmsshd.brain.remote.Connector;
import org.doveadmsshd.brain.remote.LaneTransport;

/** Lanes that are connections to a UNIX socket. */
public final class SocketConnector implements Connector {
  private final String server;
  private final Path socket;
  private final Authentication authentication;
  private final ScheduledExecutorService timer;
  private final Duration silence;

  /** Makes a client of SASL for each lane. */
  @FunctionalInterface
  public interface Authentication {
    SaslClient client() throws Failure;
  }

  /**
   * @param server as in the configuration
   * @param timer looks after lanes whose worker says nothing
   * @param silence how long a worker may say nothing while it is waited for, though it is asked
   */
  public SocketConnector(
      String server,
      Path socket,
      Authentication authentication,
      ScheduledExecutorService timer,
      Duration silence) {
    this.server = server;
    this.socket = socket;
    this.authentication = authentication;
    this.timer = timer;
    this.silence = silence;
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
  private final class Lane implements LaneTransport {
    private final SocketChannel channel;
    private final InputStream in;
    private final OutputStream out;
    private final SignsOfLife life = new SignsOfLife(this::ask, this::giveUp);
    private volatile Runnable asking = () -> {};
    private volatile Future<?> watching = CompletableFuture.completedFuture(null);
    private volatile boolean silent;

    Lane(SocketChannel channel) {
      this.channel = channel;
      in = new Heard(ChannelStreams.in(channel));
      out = ChannelStreams.out(channel);
    }

    @Override
    public InputStream in() {
      return in;
    }

    @Override
    public OutputStream out() {
      return out;
    }

    /** Next to nothing, on one machine. */
    @Override
    public long roundTripMicros() {
      return 0;
    }

    @Override
    public void watch(Runnable ask) {
      asking = ask;
      watching = life.watch(timer, silence.multipliedBy(4).dividedBy(5));
    }

    private void ask() {
      asking.run();
    }

    private void giveUp() {
      silent = true;
      close();
    }

    @Override
    public Optional<String> whyLost() {
      return silent ? Optional.of(LaneTransport.SILENT) : Optional.empty();
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
      watching.cancel(false);
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** What comes from the peer, which is waited for while it is read from and at no other time. */
    private final class Heard extends FilterInputStream {
      Heard(InputStream in) {
        super(in);
      }

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        life.awaited();
        try {
          return super.read(bytes, offset, length);
        } finally {
          life.notAwaited();
        }
      }
    }
  }
}
