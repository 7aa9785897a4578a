package org.doveadmsshd.storage.compression;

import java.io.IOException;
import java.io.InputStream;
import org.doveadmsshd.storage.mime.BlockInputStream;

/** What a coder inflates, piece by piece. */
final class CodedInputStream extends BlockInputStream {
  /** A header is asked for alone; more is inflated than that only where more is wanted. */
  private static final int LEAST = 4096;

  private static final int CHUNK = 16 * 1024;

  private final InputStream in;
  private final Coder coder;
  private final MemoryUse memory;
  private final byte[] chunk = new byte[CHUNK];
  private boolean isInputOver;

  /** Whether what has been read so far is whole. Nothing at all is not. */
  private boolean isWhole;

  private int position;

  CodedInputStream(InputStream in, Coder coder, MemoryUse memory) {
    this.in = in;
    this.coder = coder;
    this.memory = memory;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (position == coder.made) {
      if (length == 0) {
        return 0;
      }
      fill();
      if (isWhole && isInputOver && coder.from == coder.to) {
        return -1;
      }
      step(Math.min(Area.SIZE, Math.max(length, LEAST)));
    }
    int count = Math.min(length, coder.made - position);
    coder.area.output.get(position, target, offset, count);
    position += count;
    return count;
  }

  private void fill() throws IOException {
    if (coder.from < coder.to || isInputOver) {
      return;
    }
    int got = in.read(chunk, 0, chunk.length);
    isInputOver = got < 0;
    coder.from = 0;
    coder.to = Math.max(got, 0);
    coder.area.input.put(0, chunk, 0, coder.to);
  }

  private void step(int room) throws IOException {
    int before = coder.from;
    position = 0;
    isWhole = coder.step(room, isInputOver);
    boolean isStuck = coder.made == 0 && coder.from == before && !isWhole;
    if (isStuck && isInputOver) {
      throw new CompressionException(CompressionException.CUT_OFF);
    }
    if (isStuck && before < coder.to) {
      throw new CompressionException(CompressionException.DAMAGED);
    }
    memory.uses(coder.memory());
  }

  @Override
  public void close() throws IOException {
    coder.close();
    in.close();
  }
}
