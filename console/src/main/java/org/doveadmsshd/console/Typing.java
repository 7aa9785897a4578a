package org.doveadmsshd.console;

import org.jline.reader.EndOfFileException;
import org.jline.reader.UserInterruptException;

/** How a line is typed. Used by the session's thread. */
interface Typing {
  /**
   * Asks for a line.
   *
   * @return one line, or several that were pasted
   * @throws UserInterruptException after Ctrl-C
   * @throws EndOfFileException after Ctrl-D, and when the terminal is gone
   */
  String line(String prompt);

  /** Says something while a line is asked for, or between two. */
  void say(String text);
}
