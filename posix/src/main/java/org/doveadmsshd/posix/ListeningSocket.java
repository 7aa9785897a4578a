package org.doveadmsshd.posix;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UNIX socket that has its mode and group before any program can find it; or a port that other
 * machines cannot reach.
 */
public final class ListeningSocket implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ListeningSocket.class);

  /** Between two tries while no connection can be taken, as without descriptors or threads. */
  private static final long PAUSE_MILLIS = 500;

  /** Of a path that can be connected to: unix(7). */
  private static final int LONGEST = 107;

  private final Path path; // null for a port
  private final ServerSocketChannel channel;

  private ListeningSocket(Path path, ServerSocketChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Listens on a port.
   *
   * @param loopback an address of this machine alone, with a port; 0 for any that is free
   * @throws Failure when another program listens there already
   */
  public static ListeningSocket open(InetSocketAddress loopback) throws Failure {
    if (!loopback.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(loopback + " can be reached from elsewhere");
    }
    ServerSocketChannel channel = null;
    boolean listens = false;
    try {
      channel = ServerSocketChannel.open();
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(loopback);
      listens = true;
      return new ListeningSocket(null, channel);
    } catch (IOException e) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR, "Cannot listen on " + loopback + ": " + Reason.of(e), e);
    } finally {
      if (!listens) {
        close(channel);
      }
    }
  }

  /**
   * Makes a socket.
   *
   * @param group empty for that of the process
   * @throws Failure when another process listens there already, or it cannot be made
   */
  public static ListeningSocket open(Path path, Set<PosixFilePermission> mode, String group)
      throws Failure {
    Path aside = null;
    try {
      if (isInUse(path)) {
        throw new Failure(
            Outcome.CONFIGURATION_ERROR, "Another server listens on " + path + " already");
      }
      Path directory = path.toAbsolutePath().getParent();
      Files.createDirectories(directory);
      aside =
          Files.createTempDirectory(
              directory,
              ".s",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Path made = aside.resolve("s");
      return new ListeningSocket(path, open(made, mode, group, path));
    } catch (IOException | RuntimeException e) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR, "Cannot listen on " + path + ": " + Reason.of(e), e);
    } finally {
      remove(aside);
    }
  }

  /** Binds a socket, and moves it to its place when it has its mode and group. */
  private static ServerSocketChannel open(
      Path made, Set<PosixFilePermission> mode, String group, Path place) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    boolean listens = false;
    try {
      channel.bind(UnixDomainSocketAddress.of(made));
      if (!group.isEmpty()) {
        GroupPrincipal principal =
            made.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
        Files.getFileAttributeView(made, PosixFileAttributeView.class).setGroup(principal);
      }
      Files.setPosixFilePermissions(made, mode);
      Files.move(made, place, StandardCopyOption.ATOMIC_MOVE);
      listens = true;
      return channel;
    } finally {
      if (!listens) {
        close(channel);
      }
    }
  }

  /** A socket that a dead server has left may be replaced; any other file may not. */
  private static boolean isInUse(Path path) throws IOException {
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      throw new IOException("a socket's path has at most " + LONGEST + " bytes");
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    if (!Files.readAttributes(
            path, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new IOException("something that is no socket is there");
    }
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return probe.isConnected();
    } catch (java.net.ConnectException e) {
      return false;
    }
  }

  private static void remove(Path directory) {
    try {
      if (directory != null) {
        Files.deleteIfExists(directory.resolve("s"));
        Files.deleteIfExists(directory);
      }
    } catch (IOException e) {
      // an empty directory stays
    }
  }

  /** Takes one connection after the other, as {@link ServerSocketChannel#accept} does. */
  @FunctionalInterface
  interface Source {
    SocketChannel accept() throws IOException;
  }

  /** Takes connections to serve them. */
  @FunctionalInterface
  public interface Taker {
    /**
     * Takes a connection, and returns at once.
     *
     * @throws IOException when it cannot be served; it is closed then, as for anything thrown
     */
    void take(SocketChannel connection) throws IOException;
  }

  /**
   * Takes connections on the caller's thread until it is closed. Nothing else ends that: neither a
   * connection that cannot be accepted nor a thread that cannot be started.
   */
  public void serve(Taker taker) {
    serve(String.valueOf(path == null ? channel : path), channel::accept, taker, PAUSE_MILLIS);
  }

  static void serve(String where, Source source, Taker taker, long pauseMillis) {
    while (true) {
      SocketChannel connection = null;
      try {
        connection = source.accept();
        taker.take(connection);
      } catch (ClosedChannelException e) {
        if (connection == null) {
          LOG.debug("No more connections to {}", where);
          return;
        }
        LOG.debug("A connection to {} has gone at once", where);
      } catch (
          Throwable e) { // the top of a thread; if it ended, no connection would be served any more
        LOG.error("A connection to {} cannot be taken; trying again: {}", where, Reason.of(e));
        close(connection);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMillis));
      }
    }
  }

  private static void close(Channel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      LOG.debug("Closing a socket", e);
    }
  }

  /** The path of a socket. */
  public Path path() {
    return path;
  }

  /** Where it listens, with the port that it got. */
  public SocketAddress address() throws IOException {
    return path == null ? channel.getLocalAddress() : UnixDomainSocketAddress.of(path);
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (path != null) {
      Files.deleteIfExists(path);
    }
  }
}
