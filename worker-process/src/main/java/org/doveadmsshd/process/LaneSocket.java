package org.doveadmsshd.process;

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
import org.doveadmsshd.posix.NamedCalls;

/**
 * A UNIX socket that listens, by glibc's calls. The JDK's sockets set up a generator of secure
 * random numbers first, which takes longer than the work for one user.
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

  private final int listening;

  private LaneSocket(int listening) {
    this.listening = listening;
  }

  /** Listens at a path, where nothing may be yet. */
  static LaneSocket listen(Path path) throws IOException {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    if (name.length >= PATH) {
      throw new IOException("a socket's path may have " + (PATH - 1) + " bytes: " + path);
    }
    ByteBuffer address = ByteBuffer.allocate(ADDRESS).order(ByteOrder.nativeOrder());
    address.putShort((short) AF_UNIX).put(name);
    int fd = call("socket", AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    call("bind", fd, address.array(), ADDRESS);
    call("listen", fd, BACKLOG);
    return new LaneSocket(fd);
  }

  /** Waits for a connection. */
  Connection accept() throws IOException {
    return new Connection(call("accept4", listening, 0L, 0L, SOCK_CLOEXEC));
  }

  private static int call(String name, Object... arguments) throws IOException {
    int result;
    do {
      result = (int) NamedCalls.call(name, arguments);
    } while (result < 0 && Native.getLastError() == EINTR);
    if (result < 0) {
      throw new IOException(name + " failed with errno " + Native.getLastError());
    }
    return result;
  }

  /**
   * One connection. One thread reads, one at a time writes; any may {@link #hangUp}. The thread
   * that has accepted it closes it, when no other thread uses it any more.
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

    /** The uid of the process that has connected. */
    int peer() throws IOException {
      int[] credentials = new int[3]; // struct ucred: pid, uid, gid
      int[] length = {credentials.length * Integer.BYTES};
      Arrays.fill(credentials, -1);
      call("getsockopt", fd, SOL_SOCKET, SO_PEERCRED, credentials, length);
      return credentials[1];
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      long room = Math.min(target.remaining(), BUFFER);
      int length = call("recv", fd, inAddress, room, 0);
      target.put(in.clear().limit(length));
      return length == 0 ? -1 : length;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      long length = Math.min(source.remaining(), BUFFER);
      out.clear().put(source.slice().limit((int) length));
      int sent = call("send", fd, outAddress, length, MSG_NOSIGNAL);
      source.position(source.position() + sent);
      return sent;
    }

    /** Ends it for both sides: a read returns, a write fails. */
    synchronized void hangUp() {
      if (open) {
        NamedCalls.call("shutdown", fd, SHUT_RDWR);
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
        NamedCalls.call("close", fd);
      }
    }
  }
}
