package org.doveadmsshd.posix;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Memory outside the heap for the arguments of system calls, one set per thread. Threads that live
 * for one user only would make and leave a set each, so they hand theirs on.
 */
public final class Scratch {
  static final int BUFFER = 64 * 1024;
  private static final int NAME = 4096 + 1;
  private static final int STAT = 256;

  /** How many sets wait for a thread at most; more are left to the garbage collector. */
  private static final int SPARE = 64;

  /** Of the process: a thread hands on to the next one, whichever store that works for. */
  private static final ArrayBlockingQueue<Scratch> SPARES = new ArrayBlockingQueue<>(SPARE);

  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::any);

  final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.nativeOrder());
  final long bufferAddress = address(buffer);
  final ByteBuffer stat = ByteBuffer.allocateDirect(STAT).order(ByteOrder.nativeOrder());
  final long statAddress = address(stat);
  private final ByteBuffer name = ByteBuffer.allocateDirect(NAME);
  private final long nameAddress = address(name);
  private final ByteBuffer other = ByteBuffer.allocateDirect(NAME);
  private final long otherAddress = address(other);

  private Scratch() {}

  private static Scratch any() {
    Scratch spare = SPARES.poll();
    return spare == null ? new Scratch() : spare;
  }

  static Scratch get() {
    return OF_THREAD.get();
  }

  /** Says that the calling thread has done its work for now; it may begin anew at any time. */
  public static void handOn() {
    Scratch own = OF_THREAD.get();
    OF_THREAD.remove();
    SPARES.offer(own);
  }

  private static long address(ByteBuffer direct) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
  }

  /** Puts a name, one char a byte, where the kernel can read it. */
  long name(String text) throws PosixException {
    return put(text, name, nameAddress);
  }

  /** As {@link #name}, for calls that take two. */
  long other(String text) throws PosixException {
    return put(text, other, otherAddress);
  }

  private static long put(String text, ByteBuffer target, long address) throws PosixException {
    if (text.length() >= NAME) {
      throw new PosixException("name", text.substring(0, 64) + "…", LibC.ENAMETOOLONG);
    }
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    for (byte b : bytes) {
      if (b == 0) {
        throw new PosixException("name", text, LibC.ENOENT); // no file has a NUL in its name
      }
    }
    target.clear().put(bytes).put((byte) 0);
    return address;
  }
}
