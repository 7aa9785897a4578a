package org.doveadmsshd.posix;

import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The socket at which a service manager hears how a service is, as sd_notify(3) has it: datagrams
 * on a UNIX socket, which java.nio does not offer. Safe for several threads.
 *
 * @param address a path, or a name behind @ in the kernel's own name space (unix(7))
 */
public record NotifySocket(String address) {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 02000000;
  private static final int MSG_NOSIGNAL = 0x4000;

  /** Of a path in an address: unix(7). */
  private static final int LONGEST = 107;

  /**
   * Sends lines of {@code NAME=value} in one datagram; waits while the reader's queue is full.
   *
   * @throws PosixException when nobody reads there; nothing was sent then
   */
  public void send(String lines) throws PosixException {
    byte[] to = socketAddress();
    int socket = (int) NamedCalls.call("socket", AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) {
      throw failure("socket");
    }
    try {
      byte[] text = lines.getBytes(StandardCharsets.UTF_8);
      int sent;
      do {
        sent =
            (int)
                NamedCalls.call(
                    "sendto", socket, text, (long) text.length, MSG_NOSIGNAL, to, to.length);
      } while (sent < 0 && Native.getLastError() == LibC.EINTR);
      if (sent < 0) {
        throw failure("sendto");
      }
    } finally {
      NamedCalls.call("close", socket);
    }
  }

  /** A sockaddr_un, as long as its name is: in the kernel's own name space every byte counts. */
  private byte[] socketAddress() throws PosixException {
    byte[] path = address.getBytes(StandardCharsets.UTF_8);
    if (path.length > LONGEST) {
      throw new PosixException("sendto", address, LibC.ENAMETOOLONG);
    }
    if (address.startsWith("@")) {
      path[0] = 0;
    }
    ByteBuffer whole = ByteBuffer.allocate(Short.BYTES + path.length);
    whole.order(ByteOrder.nativeOrder()).putShort((short) AF_UNIX).put(path);
    return whole.array();
  }

  private PosixException failure(String call) {
    return new PosixException(call, address, Native.getLastError());
  }
}
