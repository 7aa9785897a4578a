package org.doveadmsshd.storage.compression;

/**
 * xz, as liblzma has it. The state is its lzma_stream on a machine of 64 bits: address and length
 * of the input, what was read; at 24 the same of the output.
 */
final class XzCoder extends Coder {
  private static final int IN_LENGTH = 8;
  private static final int OUT = 24;
  private static final int OUT_LENGTH = 32;
  private static final int RUN = 0;
  private static final int FINISH = 3;
  private static final int OK = 0;
  private static final int STREAM_END = 1;
  private static final int MEMORY_ERROR = 5;
  private static final int MEMORY_LIMIT = 6;
  private static final int NO_PROGRESS = 10;
  private static final int CONCATENATED = 8;
  private static final int CRC64 = 4;
  private static final SharedLibrary LIBRARY = SharedLibrary.LZMA;

  private XzCoder(Area area) {
    super(area);
    holds(
        () -> {
          try {
            LIBRARY.call("lzma_end", area.stateAddress);
          } catch (CompressionException e) {
            throw new IllegalStateException(e); // it has been loaded
          }
          area.giveBack();
        });
  }

  /** One that inflates; the library looks at the memory that it will take before it takes it. */
  static XzCoder inflating() throws CompressionException {
    Area area = Area.take();
    long most = Area.MOST_WINDOW + (1 << 20); // what it needs beside the window
    check((int) LIBRARY.call("lzma_stream_decoder", area.stateAddress, most, CONCATENATED));
    return new XzCoder(area);
  }

  static XzCoder compressing(int level) throws CompressionException {
    Area area = Area.take();
    check((int) LIBRARY.call("lzma_easy_encoder", area.stateAddress, level, CRC64));
    return new XzCoder(area);
  }

  private static int check(int result) throws CompressionException {
    if (result == OK || result == STREAM_END || result == NO_PROGRESS) {
      return result;
    }
    throw new CompressionException(
        switch (result) {
          case MEMORY_ERROR -> CompressionException.NO_MEMORY;
          case MEMORY_LIMIT -> CompressionException.TOO_WIDE;
          default -> CompressionException.DAMAGED;
        });
  }

  @Override
  boolean step(int room, boolean last) throws CompressionException {
    area.state.putLong(0, area.inputAddress + from).putLong(IN_LENGTH, to - from);
    area.state.putLong(OUT, area.outputAddress).putLong(OUT_LENGTH, room);
    int result = check((int) LIBRARY.call("lzma_code", area.stateAddress, last ? FINISH : RUN));
    int left = (int) area.state.getLong(IN_LENGTH);
    done(to - from - left, room - (int) area.state.getLong(OUT_LENGTH));
    return result == STREAM_END;
  }

  @Override
  long memory() throws CompressionException {
    return Math.min(total, LIBRARY.call("lzma_memusage", area.stateAddress));
  }
}
