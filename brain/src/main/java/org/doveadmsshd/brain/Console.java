package org.doveadmsshd.brain;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * What a command line reads and writes.
 *
 * @param in unbuffered
 * @param out unbuffered; a write may block as long as nobody reads
 * @param error for diagnostics and progress
 * @param isTerminal whether a person watches {@code error}
 * @param width of the terminal, in characters; 80 where there is none
 */
public record Console(
    InputStream in, OutputStream out, OutputStream error, boolean isTerminal, int width) {
  /** The width that is assumed where there is no terminal. */
  public static final int DEFAULT_WIDTH = 80;
}
