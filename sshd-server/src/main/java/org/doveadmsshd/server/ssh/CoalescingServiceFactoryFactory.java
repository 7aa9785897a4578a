package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.nio2.Nio2Service;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactory;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.apache.sshd.core.CoreModuleProperties;

/**
 * The NIO2 transport with {@link CoalescingSession}s for connections that the limiter admits.
 * MINA's own hook for refusing connections leaves their sockets open.
 */
final class CoalescingServiceFactoryFactory extends Nio2ServiceFactoryFactory {
  private final ConnectionLimiter limiter;
  private final CoalescingSession.Bounds bounds;

  CoalescingServiceFactoryFactory(ConnectionLimiter limiter, CoalescingSession.Bounds bounds) {
    this.limiter = limiter;
    this.bounds = bounds;
  }

  @Override
  public IoServiceFactory create(FactoryManager manager) {
    int workers = CoreModuleProperties.NIO_WORKERS.getRequired(manager);
    return new Nio2ServiceFactory(
        manager,
        ThreadUtils.newFixedThreadPool(manager + "-nio2", workers),
        ThreadUtils.newCachedThreadPool(manager + "-resume")) {
      @Override
      public Nio2Session createSession(
          Nio2Service service,
          IoHandler handler,
          AsynchronousSocketChannel socket,
          SocketAddress acceptance)
          throws IOException {
        SocketAddress remote = socket.getRemoteAddress();
        Optional<String> refusal = remote == null ? Optional.of("") : limiter.admit(remote);
        if (refusal.isPresent()) {
          refuse(socket, refusal.get());
        }
        try {
          return new CoalescingSession(bounds, service, manager, handler, socket, acceptance);
        } catch (IOException | RuntimeException | Error e) {
          limiter.forget(remote);
          socket.close();
          throw e;
        }
      }
    };
  }

  /** A line before the server's name is for people to read; it fits into any socket's buffer. */
  private static void refuse(AsynchronousSocketChannel socket, String why) throws IOException {
    try {
      socket.write(ByteBuffer.wrap((why + "\r\n").getBytes(StandardCharsets.US_ASCII)));
      socket.shutdownOutput();
    } finally {
      socket.close();
    }
    throw new IOException("connection refused: " + why);
  }
}
