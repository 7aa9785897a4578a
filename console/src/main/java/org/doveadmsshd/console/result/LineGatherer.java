package org.doveadmsshd.console.result;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Makes lines of bytes that are UTF-8. A line that is too long becomes several. One thread. */
final class LineGatherer {
  /** Most bytes of a line. */
  static final int MOST = 16 * 1024;

  private final ByteArrayOutputStream line = new ByteArrayOutputStream(0);
  private final Taker taker;

  /** Takes lines. */
  @FunctionalInterface
  interface Taker {
    /**
     * Takes one.
     *
     * @param isWhole whether a line feed stood behind it
     */
    void take(String line, boolean isWhole) throws IOException;
  }

  LineGatherer(Taker taker) {
    this.taker = taker;
  }

  void write(byte[] bytes, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      byte b = bytes[i];
      boolean begins = (b & 0xc0) != 0x80; // a character, or is one
      if (b == '\n' || begins && line.size() >= MOST) {
        hand(b == '\n');
      }
      if (b != '\n') {
        line.write(b);
      }
    }
  }

  /** Hands on what is left without a line feed. */
  void end() throws IOException {
    if (line.size() > 0) {
      hand(false);
    }
  }

  private void hand(boolean isWhole) throws IOException {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    taker.take(text, isWhole);
  }
}
