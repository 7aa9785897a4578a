package org.doveadmsshd.testing;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.doveadmsshd.posix.NamedCalls;

/** The service manager's side of sd_notify(3): a UNIX socket for datagrams. */
public final class NotifyReceiver implements Closeable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final long PATIENCE_SECONDS = 60;
  private static final int LONGEST = 8192;

  private final int socket;

  /**
   * @param address a path, or a name behind @ in the kernel's own name space
   */
  public NotifyReceiver(String address) {
    byte[] path = address.replaceFirst("^@", "\0").getBytes(StandardCharsets.UTF_8);
    byte[] whole =
        ByteBuffer.allocate(Short.BYTES + path.length)
            .order(ByteOrder.nativeOrder())
            .putShort((short) AF_UNIX)
            .put(path)
            .array();
    socket = (int) NamedCalls.call("socket", AF_UNIX, SOCK_DGRAM, 0);
    long[] patience = {PATIENCE_SECONDS, 0};
    NamedCalls.call("setsockopt", socket, SOL_SOCKET, SO_RCVTIMEO, patience, Long.BYTES * 2);
    if ((int) NamedCalls.call("bind", socket, whole, whole.length) != 0) {
      throw new IllegalStateException("cannot bind to " + address);
    }
  }

  /** The next datagram; an error when none comes within a minute. */
  public String receive() {
    byte[] buffer = new byte[LONGEST];
    int length = (int) NamedCalls.call("recv", socket, buffer, (long) buffer.length, 0);
    if (length < 0) {
      throw new AssertionError("nothing was told");
    }
    return new String(buffer, 0, length, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    NamedCalls.call("close", socket);
  }
}
