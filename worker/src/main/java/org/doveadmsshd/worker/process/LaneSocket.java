package org.doveadmsshd.worker.process;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A UNIX socket that listens, by glibc's calls. Those of the JDK make a generator of secure random
 * numbers before the first, which takes a process that serves one user longer than what he wants.
 */
final class LaneSocket {
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_CLOEXEC = 0x8_0000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;
  private static final int SHUT_RDWR = 2;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int EINTR = 4;
  private static final int BACKLOG = 16;
  private static final int BUFFER = 16 * 1024;

  /** Bytes of struct sockaddr_un, and of a path in it with the zero behind. */
  private static final int ADDRESS = 110;

  private static final int PATH = 108;

  static {
    Native.register(LaneSocket.class, "c");
  }

  private final int listening;

  private LaneSocket(int listening) {
    this.listening = listening;
  }

  private static native int socket(int domain, int type, int protocol);

  private static native int bind(int fd, byte[] address, int length);

  private static native int listen(int fd, int backlog);

  private static native int accept4(int fd, long address, long length, int flags);

  private static native int getsockopt(int fd, int level, int option, int[] value, int[] length);

  private static native long recv(int fd, long buffer, long length, int flags);

  private static native long send(int fd, long buffer, long length, int flags);

  private static native int shutdown(int fd, int how);

  private static native int close(int fd);

  /** Listens at a path, where nothing may be yet. */
  static LaneSocket listen(Path path) throws IOException {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    if (name.length >= PATH) {
      throw new IOException("a socket's path may have " + (PATH - 1) + " bytes: " + path);
    }
    ByteBuffer address = ByteBuffer.allocate(ADDRESS).order(ByteOrder.nativeOrder());
    address.putShort((short) AF_UNIX).put(name);
    int fd = check("socket", socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    check("bind", bind(fd, address.array(), ADDRESS));
    check("listen", listen(fd, BACKLOG));
    return new LaneSocket(fd);
  }

  /** Waits for a connection. */
  Connection accept() throws IOException {
    int fd;
    do {
      fd = accept4(listening, 0, 0, SOCK_CLOEXEC);
    } while (fd < 0 && Native.getLastError() == EINTR);
    return new Connection(check("accept", fd));
  }

  private static int check(String call, long result) throws IOException {
    if (result < 0) {
      throw new IOException(call + " failed with errno " + Native.getLastError());
    }
    return (int) result;
  }

  /**
   * One connection. One thread reads, one at a time writes; any may {@link #hangUp}; who has
   * accepted it closes it, when nobody else uses it any more.
   */
  static final class Connection implements ByteChannel, Closeable {
    private final int fd;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER);
    private final long inAddress = address(in);
    private final long outAddress = address(out);
    private boolean open = true; // guarded by this

    private Connection(int fd) {
      this.fd = fd;
    }

    private static long address(ByteBuffer direct) {
      return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
    }

    /** The uid of who has connected. */
    int peer() throws IOException {
      int[] credentials = new int[3]; // struct ucred: pid, uid, gid
      int[] length = {credentials.length * Integer.BYTES};
      Arrays.fill(credentials, -1);
      check("getsockopt", getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, length));
      return credentials[1];
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      long length;
      do {
        length = recv(fd, inAddress, Math.min(target.remaining(), BUFFER), 0);
      } while (length < 0 && Native.getLastError() == EINTR);
      check("recv", length);
      target.put(in.clear().limit((int) length));
      return length == 0 ? -1 : (int) length;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      int length = Math.min(source.remaining(), BUFFER);
      out.clear().put(source.slice().limit(length));
      long sent;
      do {
        sent = send(fd, outAddress, length, MSG_NOSIGNAL);
      } while (sent < 0 && Native.getLastError() == EINTR);
      check("send", sent);
      source.position(source.position() + (int) sent);
      return (int) sent;
    }

    /** Ends it for both sides: who reads comes back, who writes fails. */
    synchronized void hangUp() {
      if (open) {
        shutdown(fd, SHUT_RDWR);
      }
    }

    @Override
    public synchronized boolean isOpen() {
      return open;
    }

    @Override
    public synchronized void close() {
      if (open) {
        open = false;
        LaneSocket.close(fd);
      }
    }
  }
}
