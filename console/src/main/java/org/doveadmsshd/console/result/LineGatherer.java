package org.doveadmsshd.console.result;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.doveadmsshd.base.TextWidth;

/** Makes lines of bytes that are UTF-8. A line that is too long becomes several. One thread. */
final class LineGatherer {
  /** Most bytes of a line. */
  static final int MOST = 16 * 1024;

  /** Columns from one tab stop to the next. */
  private static final int TAB = 8;

  private static final char FORM_FEED_SHOWN = '\u240c';

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

  /** A line with spaces for tabs. Whatever else a terminal obeys has been replaced before. */
  static String shown(String line) {
    if (line.indexOf('\t') < 0 && line.indexOf('\f') < 0) {
      return line;
    }
    StringBuilder shown = new StringBuilder();
    int column = 0;
    for (String part : line.replace('\f', FORM_FEED_SHOWN).split("(?<=\t)")) {
      String text = part.replace("\t", "");
      column += TextWidth.of(text);
      int blanks = text.length() < part.length() ? TAB - column % TAB : 0;
      column += blanks;
      shown.append(text).append(" ".repeat(blanks));
    }
    return shown.toString();
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
