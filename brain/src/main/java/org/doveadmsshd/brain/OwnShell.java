package org.doveadmsshd.brain;

import org.doveadmsshd.base.ShellWord;

/** Lines that were meant for a shell, as they should be typed to one: with ssh in them. */
final class OwnShell {
  private static final String SSH = "ssh … ";

  /** Longer lines are not shown. */
  private static final int LONGEST = 300;

  private OwnShell() {}

  /**
   * What is before a shell's operator goes to the server, in quotes; so does a doveadm command
   * behind it. Empty when there is nothing to show.
   *
   * @param start where the word begins that is the operator, or ends with it
   */
  static String line(String line, int start, int end) {
    boolean behindWord = line.charAt(start) != ';' && line.charAt(end - 1) == ';';
    int at = behindWord ? end - 1 : start;
    String before = line.substring(0, at).strip();
    String operator = behindWord ? ";" : line.substring(start, end);
    String behind = line.substring(end).strip();
    if (before.isEmpty() || operator.equals("#") || line.length() > LONGEST) {
      return "";
    }
    boolean goesOn = behind.startsWith("doveadm ");
    String rest = goesOn ? SSH + ShellWord.of(behind) : behind;
    return (SSH + ShellWord.of(before) + (behindWord ? "" : " ") + operator + " " + rest).strip();
  }
}
