package org.doveadmsshd.storage.compression;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Has a coder compress. What is written is complete when it is closed; that does not close the
 * target.
 */
final class CodedOutputStream extends OutputStream {
  private final OutputStream out;
  private final Coder coder;
  private final byte[] made = new byte[Area.SIZE];

  CodedOutputStream(OutputStream out, Coder coder) {
    this.out = out;
    this.coder = coder;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int at = offset; at < offset + length; ) {
      coder.from = 0;
      coder.to = Math.min(Area.SIZE, offset + length - at);
      coder.area.input.put(0, bytes, at, coder.to);
      at += coder.to;
      while (coder.from < coder.to) {
        step(false);
      }
    }
  }

  private boolean step(boolean last) throws IOException {
    boolean isEnd = coder.step(Area.SIZE, last);
    coder.area.output.get(0, made, 0, coder.made);
    out.write(made, 0, coder.made);
    return isEnd;
  }

  @Override
  public void close() throws IOException {
    try (coder) {
      coder.from = 0;
      coder.to = 0;
      while (!step(true)) {
        // there is more of it
      }
    }
  }
}
