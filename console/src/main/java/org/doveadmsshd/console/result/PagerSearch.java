package org.doveadmsshd.console.result;

import java.util.ArrayList;
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
      if (carried(lines, next) > 0 || wanted.isIn(lines.line(next))) {
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

  /** A part of a line that is found, or that what is found has in it. */
  record Part(int from, int to) {}

  /** The parts of a line that are found, in their order. */
  List<Part> parts(PagedLines lines, long number) {
    List<Part> parts = new ArrayList<>();
    int length = wanted.text().length();
    int before = carried(lines, number);
    if (before > 0) {
      parts.add(new Part(0, before));
    }
    String line = lines.line(number);
    wanted.all(line).forEach(from -> parts.add(new Part(from, from + length)));
    int behind = carried(lines, number + 1);
    if (behind > 0) {
      parts.add(new Part(line.length() - (length - behind), line.length()));
    }
    return parts;
  }

  /** Where what has been found begins: in the line, or in the one that it goes on with. */
  Place place(PagedLines lines) {
    int before = carried(lines, found);
    if (before > 0) {
      int length = lines.line(found - 1).length();
      return new Place(found - 1, length - (wanted.text().length() - before));
    }
    return new Place(found, wanted.all(lines.line(found)).get(0));
  }

  /** A place in the output. */
  record Place(long line, int character) {
    void show(Viewport view) {
      view.show(line, character);
    }
  }

  /**
   * A line that is very long is kept in pieces, and what is wanted may lie across the end of one.
   *
   * @return how many of its characters stand at the beginning of this line; 0 when it does not
   */
  private int carried(PagedLines lines, long number) {
    int most = wanted.text().length() - 1;
    if (most < 1 || !lines.goesOn(number)) {
      return 0;
    }
    String before = lines.line(number - 1);
    String line = lines.line(number);
    String end = before.substring(Math.max(0, before.length() - most));
    String begin = line.substring(0, Math.min(most, line.length()));
    List<Integer> all = wanted.all(end + begin);
    return all.isEmpty() ? 0 : all.get(0) + wanted.text().length() - end.length();
  }
}
