package org.doveadmsshd.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.doveadmsshd.base.ChannelStreams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LaneSocketTest {
  private static final int MANY = 300_000; // more than a socket holds, and than one call takes

  @TempDir Path directory;
  private SocketChannel client;
  private LaneSocket.Connection server;

  @BeforeEach
  void connect() throws IOException {
    Path path = directory.resolve("s");
    LaneSocket socket = LaneSocket.listen(path);
    client = SocketChannel.open(UnixDomainSocketAddress.of(path));
    server = socket.accept();
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    client.close();
  }

  @Test
  void whoHasConnectedIsKnownByHisUid() throws IOException {
    assertEquals((int) Files.getAttribute(directory, "unix:uid"), server.peer());
  }

  @Test
  void allBytesArriveBothWaysHoweverManyThereAre() throws Exception {
    byte[] sent = new byte[MANY];
    new Random(1).nextBytes(sent);
    CompletableFuture<Void> echo =
        CompletableFuture.runAsync(
            () -> {
              try {
                ChannelStreams.in(server).transferTo(ChannelStreams.out(server));
                server.hangUp();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    CompletableFuture<byte[]> received =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return ChannelStreams.in(client).readAllBytes();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    ChannelStreams.out(client).write(sent);
    client.shutdownOutput();

    assertArrayEquals(sent, received.get());
    echo.get();
  }

  @Test
  void whoReadsComesBackWhenAnotherThreadHangsUp() throws Exception {
    CompletableFuture<Integer> reading =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return server.read(ByteBuffer.allocate(1));
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    server.hangUp();

    assertEquals(-1, reading.get());
  }

  @Test
  void whoWritesToAPeerThatIsGoneIsToldAndLives() throws IOException {
    client.close();

    IOException told = assertThrows(IOException.class, () -> server.write(ByteBuffer.allocate(1)));
    assertTrue(told.getMessage().startsWith("send failed"), told.getMessage());
  }

  @Test
  void aPathThatNoSocketCanHaveIsRefused() {
    Path path = directory.resolve("x".repeat(108));

    IOException told = assertThrows(IOException.class, () -> LaneSocket.listen(path));
    assertTrue(told.getMessage().contains("107 bytes"), told.getMessage());
  }
}
