package org.doveadmsshd.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ListeningSocketTest {
  /** Tries to take a connection that come to nothing, or to one; null is a connection. */
  private static ListeningSocket.Source source(Exception... course) {
    ArrayDeque<Object> left = new ArrayDeque<>();
    for (Exception each : course) {
      left.add(each == null ? "a connection" : each);
    }
    return () -> {
      Object next = left.remove();
      if (next instanceof IOException) {
        throw (IOException) next;
      }
      return SocketChannel.open(StandardProtocolFamily.UNIX);
    };
  }

  @Test
  void aSocketThatOnceFailsToAcceptAcceptsAgain() throws Exception {
    List<SocketChannel> taken = new ArrayList<>();
    ListeningSocket.Source source =
        source(
            new IOException("Too many open files"),
            null,
            new IOException("Software caused connection abort"),
            null,
            new AsynchronousCloseException());
    ListeningSocket.serve("here", source, taken::add, 0);
    assertThat(taken).hasSize(2);
    for (SocketChannel each : taken) {
      each.close();
    }
  }

  @Test
  void aConnectionForWhichNoThreadCanBeStartedIsClosedAndTheNextIsServed() throws Exception {
    List<SocketChannel> taken = new ArrayList<>();
    ListeningSocket.serve(
        "here",
        source(null, null, new AsynchronousCloseException()),
        connection -> {
          taken.add(connection);
          if (taken.size() == 1) {
            throw new OutOfMemoryError("unable to create native thread");
          }
        },
        0);
    assertThat(taken).hasSize(2);
    assertThat(taken.get(0).isOpen()).isFalse();
    assertThat(taken.get(1).isOpen()).isTrue();
    taken.get(1).close();
  }

  @TempDir Path directory;

  private static ListeningSocket open(Path path) throws Failure {
    return ListeningSocket.open(path, PosixFilePermissions.fromString("rw-------"), "");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** UNIX sockets that are bound below the directory, as the kernel lists them. */
  private long bound() throws IOException {
    return Files.readAllLines(Path.of("/proc/net/unix")).stream()
        .filter(line -> line.contains(directory.toString()))
        .count();
  }

  private static void assertFails(Path path, String group, String why) {
    assertThatThrownBy(
            () -> ListeningSocket.open(path, PosixFilePermissions.fromString("rw-------"), group))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> assertThat(failure.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR))
        .hasMessageContaining(why);
  }

  @Test
  void itHasItsModeFromTheBeginningAndGoesWhenItIsClosed() throws Exception {
    Path path = directory.resolve("deep/er/s");
    try (ListeningSocket socket = open(path)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.path())))
          .isEqualTo("rw-------");
      SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void connectionsAreTakenUntilItIsClosed() throws Exception {
    ListeningSocket socket = open(directory.resolve("s"));
    BlockingQueue<SocketChannel> taken = new LinkedBlockingQueue<>();
    Thread serving = new Thread(() -> socket.serve(taken::add));
    serving.start();
    for (int i = 0; i < 3; i++) {
      SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket.path()));
      SocketChannel server = taken.take();
      client.close();
      assertThat(server.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      server.close();
    }
    socket.close();
    serving.join();
  }

  @Test
  void theSocketOfADeadServerIsReplaced() throws Exception {
    Path path = directory.resolve("s");
    ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    dead.bind(UnixDomainSocketAddress.of(path));
    dead.close();
    assertThat(path).exists();
    try (ListeningSocket socket = open(path)) {
      SocketChannel.open(UnixDomainSocketAddress.of(socket.path())).close();
    }
  }

  @Test
  void anotherServersSocketAndAnyOtherFileStay() throws Exception {
    Path path = directory.resolve("s");
    Path file = Files.writeString(directory.resolve("file"), "content");
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    try (ListeningSocket socket = open(path)) {
      assertFails(path, "", "Another server listens on " + path + " already");
      assertFails(file, "", "something that is no socket is there");
      assertFails(link, "", "something that is no socket is there");
      SocketChannel.open(UnixDomainSocketAddress.of(socket.path())).close();
    }
    assertThat(file).hasContent("content");
    assertThat(names()).containsExactly("file", "link");
  }

  @Test
  void aSocketThatCannotBeMadeLeavesNothing() throws Exception {
    assertFails(directory.resolve("s"), "nosuchgrouphere", "nosuchgrouphere");
    String tooLong = "x".repeat(107 - directory.toString().length());
    assertFails(directory.resolve(tooLong), "", "a socket's path has at most 107 bytes");
    Files.createDirectory(directory.resolve("taken"));
    assertFails(directory.resolve("taken"), "", "something that is no socket is there");
    assertThat(names()).containsExactly("taken");
    assertThat(bound()).as("sockets that are open").isZero();
  }
}
