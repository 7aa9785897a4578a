package org.doveadmsshd.storage.compression;

/**
 * bzip2, as libbz2 has it. The state is its bz_stream on a machine of 64 bits: the address of the
 * input, its length (4 bytes), what was read; at 24 the same of the output.
 */
final class Bzip2Coder extends Coder {
  private static final int IN_LENGTH = 8;
  private static final int OUT = 24;
  private static final int OUT_LENGTH = 32;
  private static final int RUN = 0;
  private static final int FINISH = 2;
  private static final int STREAM_END = 4;
  private static final int MEMORY_ERROR = -3;
  private static final SharedLibrary LIBRARY = SharedLibrary.BZIP2;

  /** Four bytes for each of a block, which has 900 kB at most. */
  private static final long MOST_MEMORY = 4 * 900_000L;

  private final boolean isInflating;
  private boolean isBegun = true;

  private Bzip2Coder(Area area, boolean isInflating) {
    super(area);
    this.isInflating = isInflating;
    String end = isInflating ? "BZ2_bzDecompressEnd" : "BZ2_bzCompressEnd";
    holds(
        () -> {
          end(end, area);
          area.giveBack();
        });
  }

  /** Harmless where nothing has been begun. */
  private static void end(String function, Area area) {
    try {
      LIBRARY.call(function, area.stateAddress);
    } catch (CompressionException e) {
      throw new IllegalStateException(e); // it has been loaded
    }
  }

  static Bzip2Coder inflating() throws CompressionException {
    Area area = Area.take();
    check((int) LIBRARY.call("BZ2_bzDecompressInit", area.stateAddress, 0, 0));
    return new Bzip2Coder(area, true);
  }

  static Bzip2Coder compressing(int level) throws CompressionException {
    Area area = Area.take();
    check((int) LIBRARY.call("BZ2_bzCompressInit", area.stateAddress, level, 0, 0));
    return new Bzip2Coder(area, false);
  }

  private static int check(int result) throws CompressionException {
    if (result < 0) {
      throw new CompressionException(
          result == MEMORY_ERROR ? CompressionException.NO_MEMORY : CompressionException.DAMAGED);
    }
    return result;
  }

  @Override
  boolean step(int room, boolean last) throws CompressionException {
    if (!isBegun) { // what follows is a file that was put behind the first
      end("BZ2_bzDecompressEnd", area);
      check((int) LIBRARY.call("BZ2_bzDecompressInit", area.stateAddress, 0, 0));
      isBegun = true;
    }
    area.state.putLong(0, area.inputAddress + from).putInt(IN_LENGTH, to - from);
    area.state.putLong(OUT, area.outputAddress).putInt(OUT_LENGTH, room);
    long result =
        isInflating
            ? LIBRARY.call("BZ2_bzDecompress", area.stateAddress)
            : LIBRARY.call("BZ2_bzCompress", area.stateAddress, last ? FINISH : RUN);
    boolean isEnd = check((int) result) == STREAM_END;
    isBegun = !isEnd;
    done(to - from - area.state.getInt(IN_LENGTH), room - area.state.getInt(OUT_LENGTH));
    return isEnd;
  }

  @Override
  long memory() {
    return Math.min(4 * total, MOST_MEMORY);
  }
}
