package org.doveadmsshd.console.result;

import java.util.List;
import org.doveadmsshd.base.Printable;

/** What is searched for in lines, and how far. Used by one thread. */
final class PagerSearch {
  /** Most characters to search for. */
  private static final int MOST = 200;

  private static final long NOWHERE = -1;
  private static final int BACKSPACE = 8;
  private static final int KILL = 21;
  private static final int DELETE = 127;

  private TextSearch wanted = new TextSearch("");

  /** The way that was typed; a search may be repeated the other way. */
  private boolean typedDown = true;

  private boolean down = true;
  private long next;
  private long found = NOWHERE;

  /** Takes a key into the text that is typed. */
  static void edit(StringBuilder text, int key) {
    if (key == BACKSPACE || key == DELETE) {
      text.setLength(text.isEmpty() ? 0 : text.offsetByCodePoints(text.length(), -1));
    } else if (key == KILL) {
      text.setLength(0);
    } else if (!Printable.isControl(key) && text.length() < MOST) {
      text.appendCodePoint(key);
    }
  }

  /**
   * Searches from the top of the screen on.
   *
   * @param text what was searched for before if it is empty
   */
  void begin(String text, boolean towardsEnd, long top) {
    wanted = text.isEmpty() ? wanted : new TextSearch(text);
    found = text.isEmpty() ? found : NOWHERE;
    typedDown = towardsEnd;
    again(true, top, Long.MAX_VALUE);
  }

  /** Searches on: from where it was found if that is on the screen, else from its top. */
  void again(boolean sameWay, long top, long bottom) {
    down = sameWay == typedDown;
    boolean onScreen = found >= top && found <= bottom;
    next = onScreen ? found + (down ? 1 : -1) : down ? top : top - 1;
  }

  /** Looks through the lines that are there; says whether it is in one of them. */
  boolean advance(PagedLines lines) {
    next = Math.max(next, down ? lines.first() : NOWHERE);
    while (next >= lines.first() && next < lines.end()) {
      if (wanted.isIn(lines.line(next))) {
        found = next;
        return true;
      }
      next += down ? 1 : -1;
    }
    return false;
  }

  boolean isDown() {
    return down;
  }

  boolean isNothing() {
    return wanted.text().isEmpty();
  }

  String text() {
    return wanted.text();
  }

  /** The line that is looked at next. */
  long next() {
    return next;
  }

  /** The line in which it was found. */
  long found() {
    return found;
  }

  /** Where it is in a line. */
  List<Integer> all(String line) {
    return wanted.all(line);
  }
}
