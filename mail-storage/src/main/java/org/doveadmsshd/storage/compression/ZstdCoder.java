package org.doveadmsshd.storage.compression;

import java.util.concurrent.ArrayBlockingQueue;

/**
 * Zstandard, as libzstd has it (RFC 8878). The state is its ZSTD_inBuffer and behind it its
 * ZSTD_outBuffer: address, size and position, 8 bytes each.
 */
final class ZstdCoder extends Coder {
  private static final int OUT = 24;
  private static final int LEVEL = 100;
  private static final int CHECKSUM = 201;
  private static final int WINDOW_LOG_MAX = 100;
  private static final int CONTINUE = 0;
  private static final int END = 2;

  private static final int SESSION_ONLY = 1;

  /** How many contexts to inflate with wait for a mail at most; others are freed. */
  private static final int SPARE = 4;

  /** Bytes of the largest that waits: levels up to 4 write for a window of 2 MiB at most. */
  private static final long MOST_SPARE = 3L << 20;

  /**
   * Addresses of contexts that are ready for a mail. To make one takes some 10 µs, and memory for
   * its window.
   */
  private static final ArrayBlockingQueue<Long> SPARES = new ArrayBlockingQueue<>(SPARE);

  /** Results above this, taken as unsigned, are errors: the number of one, negative. */
  private static final long ERRORS = -4096;

  private static final int WINDOW_TOO_LARGE = 16;
  private static final int MEMORY_ALLOCATION = 64;
  private static final SharedLibrary LIBRARY = SharedLibrary.ZSTD;

  private final boolean isInflating;
  private final long context;

  private ZstdCoder(Area area, long context, boolean isInflating) throws CompressionException {
    super(area);
    this.context = context;
    this.isInflating = isInflating;
    if (context == 0) {
      throw new CompressionException(CompressionException.NO_MEMORY);
    }
    holds(() -> end(context, area, isInflating));
  }

  private static void end(long context, Area area, boolean isInflating) {
    try {
      if (!isInflating) {
        LIBRARY.call("ZSTD_freeCCtx", context);
      } else if (!isSpare(context)) {
        LIBRARY.call("ZSTD_freeDCtx", context);
      }
    } catch (CompressionException e) {
      throw new IllegalStateException(e); // it has been loaded
    }
    area.giveBack();
  }

  /** Whether it waits for the next mail. Its limit of the window stays. */
  private static boolean isSpare(long context) throws CompressionException {
    return SPARES.remainingCapacity() > 0
        && LIBRARY.call("ZSTD_sizeof_DCtx", context) <= MOST_SPARE
        && LIBRARY.call("ZSTD_DCtx_reset", context, SESSION_ONLY) == 0
        && SPARES.offer(context);
  }

  /** One that inflates, in memory for a window that is not larger than any mail's may be. */
  static ZstdCoder inflating() throws CompressionException {
    Long spare = SPARES.poll();
    if (spare != null) {
      return new ZstdCoder(Area.take(), spare, true);
    }
    long context = LIBRARY.call("ZSTD_createDCtx");
    ZstdCoder coder = new ZstdCoder(Area.take(), context, true);
    int log = Long.SIZE - 1 - Long.numberOfLeadingZeros(Area.MOST_WINDOW);
    return coder.with("ZSTD_DCtx_setParameter", WINDOW_LOG_MAX, log);
  }

  /** One that compresses, with a checksum, which Dovecot's own does without. */
  static ZstdCoder compressing(int level) throws CompressionException {
    long context = LIBRARY.call("ZSTD_createCCtx");
    return new ZstdCoder(Area.take(), context, false)
        .with("ZSTD_CCtx_setParameter", LEVEL, level)
        .with("ZSTD_CCtx_setParameter", CHECKSUM, 1);
  }

  private ZstdCoder with(String function, int parameter, int value) throws CompressionException {
    try {
      check(LIBRARY.call(function, context, parameter, value));
      return this;
    } catch (CompressionException e) {
      close();
      throw e;
    }
  }

  private static long check(long result) throws CompressionException {
    if (result >= 0 || result < ERRORS) {
      return result;
    }
    throw new CompressionException(
        switch ((int) -result) {
          case WINDOW_TOO_LARGE -> CompressionException.TOO_WIDE;
          case MEMORY_ALLOCATION -> CompressionException.NO_MEMORY;
          default -> CompressionException.DAMAGED;
        });
  }

  @Override
  boolean step(int room, boolean last) throws CompressionException {
    area.state.putLong(0, area.inputAddress + from).putLong(8, to - from).putLong(16, 0);
    area.state.putLong(OUT, area.outputAddress).putLong(OUT + 8, room).putLong(OUT + 16, 0);
    long in = area.stateAddress;
    long out = area.stateAddress + OUT;
    long left =
        isInflating
            ? LIBRARY.call("ZSTD_decompressStream", context, out, in)
            : LIBRARY.call("ZSTD_compressStream2", context, out, in, last ? END : CONTINUE);
    check(left);
    done((int) area.state.getLong(16), (int) area.state.getLong(OUT + 16));
    return left == 0 && (isInflating || last);
  }

  @Override
  long memory() throws CompressionException {
    return total <= MemoryUse.FREE
        ? total
        : Math.min(total, LIBRARY.call("ZSTD_sizeof_DCtx", context));
  }
}
