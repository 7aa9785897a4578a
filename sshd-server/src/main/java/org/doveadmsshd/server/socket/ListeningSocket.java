package org.doveadmsshd.server.socket;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/** A UNIX socket that has its mode and group before anybody can find it. */
public final class ListeningSocket implements Closeable {
  private final Path path;
  private final ServerSocketChannel channel;

  private ListeningSocket(Path path, ServerSocketChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Makes a socket.
   *
   * @param group empty for that of the process
   * @throws Failure when somebody listens there already, or it cannot be made
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
      ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      Path made = aside.resolve("s");
      channel.bind(UnixDomainSocketAddress.of(made));
      if (!group.isEmpty()) {
        GroupPrincipal principal =
            made.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
        Files.getFileAttributeView(made, PosixFileAttributeView.class).setGroup(principal);
      }
      Files.setPosixFilePermissions(made, mode);
      Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
      return new ListeningSocket(path, channel);
    } catch (IOException | RuntimeException e) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR, "Cannot listen on " + path + ": " + e.getMessage(), e);
    } finally {
      remove(aside);
    }
  }

  /** What a server has left that is gone may be replaced; anything but a socket may not. */
  private static boolean isInUse(Path path) throws IOException {
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

  public SocketChannel accept() throws IOException {
    return channel.accept();
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(path);
  }
}
