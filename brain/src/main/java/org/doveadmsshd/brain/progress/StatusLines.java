package org.doveadmsshd.brain.progress;

import java.io.IOException;
import java.util.List;

/**
 * The lowest lines of a terminal, which are replaced as often as there is news. Whoever prints
 * anything else there clears them before. One thread at a time.
 */
public interface StatusLines {
  /** Where nobody watches. */
  StatusLines NONE =
      new StatusLines() {
        @Override
        public Size size() {
          return new Size(0, 0);
        }

        @Override
        public void show(List<StatusLine> lines) {}

        @Override
        public void clear() {}
      };

  /** Of the terminal as it is now. */
  record Size(int columns, int rows) {}

  /** How much there is room for; it may change at any time. No columns: nothing can be shown. */
  Size size();

  /**
   * Shows lines in the place of those before.
   *
   * @param lines fewer than the terminal has rows, each narrower than the terminal
   * @throws IOException when the terminal is gone
   */
  void show(List<StatusLine> lines) throws IOException;

  /**
   * Removes them; does nothing when there are none.
   *
   * @throws IOException when the terminal is gone
   */
  void clear() throws IOException;
}
