package org.doveadmsshd.storage.compression;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Memory outside the heap in which a library of the system reads, writes, and keeps its own state.
 * Most mails are small, so areas go from one mail to the next.
 */
final class Area {
  /** Bytes of the input, and of the output. */
  static final int SIZE = 64 * 1024;

  /**
   * Most bytes that what is written may refer back by: what zstd takes without being told, and more
   * than {@code xz -9} writes.
   */
  static final long MOST_WINDOW = 128L << 20;

  private static final int STATE = 256;

  /** How many wait for a mail at most; more are left to the garbage collector. */
  private static final int SPARE = 16;

  private static final ArrayBlockingQueue<Area> SPARES = new ArrayBlockingQueue<>(SPARE);

  final ByteBuffer input = ByteBuffer.allocateDirect(SIZE);
  final ByteBuffer output = ByteBuffer.allocateDirect(SIZE);

  /** The struct through which the library is spoken to. */
  final ByteBuffer state = ByteBuffer.allocateDirect(STATE).order(ByteOrder.nativeOrder());

  final long inputAddress = address(input);
  final long outputAddress = address(output);
  final long stateAddress = address(state);

  private Area() {}

  /** One whose state is zero. */
  static Area take() {
    Area spare = SPARES.poll();
    return spare == null ? new Area() : spare;
  }

  /** Hands it on. No library may refer to it any more. */
  void giveBack() {
    state.clear();
    while (state.hasRemaining()) {
      state.put((byte) 0);
    }
    SPARES.offer(this);
  }

  private static long address(ByteBuffer direct) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
  }
}
