package org.doveadmsshd.console.result;

import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.TextWidth;

/**
 * The part of an output that fits on a screen. Long lines are wrapped, or cut and scrolled
 * sideways. Used by one thread.
 */
final class Viewport {
  private final PagedLines lines;
  private int width = 1;
  private int height = 1;
  private boolean wraps = true;
  private int left;
  private Place top = new Place(0, 0);

  /**
   * Where a row of the screen begins.
   *
   * @param line its number
   * @param row of that line, from 0, as it is wrapped
   */
  private record Place(long line, int row) {}

  /**
   * A row of the screen: a part of a line.
   *
   * @param number of the line
   */
  record Row(long number, String line, int from, int to) {
    String text() {
      return line.substring(from, to);
    }
  }

  Viewport(PagedLines lines) {
    this.lines = lines;
  }

  /** Takes another size. */
  void resize(int columns, int rows) {
    width = Math.max(1, columns);
    height = Math.max(1, rows);
    settle();
  }

  /** Changes between wrapping and cutting long lines. */
  void toggleWrap() {
    wraps = !wraps;
    left = 0;
    top = new Place(top.line(), 0);
    settle();
  }

  /** Shows what is further right, or left; lines are cut from then on. */
  void sideways(int columns) {
    wraps = false;
    left = Math.max(0, left + columns);
    top = new Place(top.line(), 0);
  }

  /** Number of the first line on the screen. */
  long top() {
    return top.line();
  }

  /** What is on the screen; fewer rows than it has where the output ends. */
  List<Row> rows() {
    settle();
    List<Row> rows = new ArrayList<>();
    Place place = top;
    while (rows.size() < height && place.line() < lines.end()) {
      String line = lines.line(place.line());
      List<Integer> starts = starts(line);
      for (int i = place.row(); i < starts.size() && rows.size() < height; i++) {
        rows.add(new Row(place.line(), line, starts.get(i), end(line, starts.get(i))));
      }
      place = new Place(place.line() + 1, 0);
    }
    return rows;
  }

  /** Scrolls down by so many rows, as far as there are any. */
  void down(int rows) {
    Place next = after(top);
    for (int i = 0; i < rows && fills(next); i++) {
      top = next;
      next = after(top);
    }
  }

  /** Scrolls up by so many rows, as far as there are any. */
  void up(int rows) {
    for (int i = 0; i < rows && !isFirst(top); i++) {
      top = before(top);
    }
  }

  void home() {
    top = new Place(lines.first(), 0);
  }

  /** The last rows that there are now. */
  void end() {
    top = new Place(lines.end(), 0);
    up(height);
  }

  /** Shows a line at the top, and of that line the place of a character. */
  void show(long line, int character) {
    String text = lines.line(line);
    if (wraps) {
      int row = 0;
      for (int start : starts(text)) {
        row += start > 0 && start <= character ? 1 : 0;
      }
      top = new Place(line, row);
    } else {
      int column = TextWidth.of(text.substring(0, character));
      left = column < left || column >= left + width ? Math.max(0, column - width / 2) : left;
      top = new Place(line, 0);
    }
    if (!fills(top)) {
      end();
    }
  }

  /** Sees to it that the first row is there, whatever has been forgotten or resized. */
  private void settle() {
    if (top.line() < lines.first()) {
      home();
    }
    int rows = starts(lines.line(top.line())).size();
    top = new Place(top.line(), Math.min(top.row(), rows - 1));
  }

  private boolean isFirst(Place place) {
    return place.row() == 0 && place.line() <= lines.first();
  }

  /** Whether there are rows for the whole screen from there on. */
  private boolean fills(Place from) {
    long rows = -from.row();
    for (long line = from.line(); line < lines.end() && rows < height; line++) {
      rows += starts(lines.line(line)).size();
    }
    return rows >= height;
  }

  private Place after(Place place) {
    boolean more = place.row() + 1 < starts(lines.line(place.line())).size();
    return more ? new Place(place.line(), place.row() + 1) : new Place(place.line() + 1, 0);
  }

  private Place before(Place place) {
    if (place.row() > 0) {
      return new Place(place.line(), place.row() - 1);
    }
    return new Place(place.line() - 1, starts(lines.line(place.line() - 1)).size() - 1);
  }

  /** Where the rows of a line begin. */
  private List<Integer> starts(String line) {
    if (!wraps) {
      return List.of(left == 0 ? 0 : TextWidth.fitting(line, 0, left));
    }
    List<Integer> starts = new ArrayList<>();
    int start = 0;
    do {
      starts.add(start);
      start = end(line, start);
    } while (start < line.length());
    return starts;
  }

  /** Where a row ends; one character is in it even if it is wider. */
  private int end(String line, int start) {
    int end = TextWidth.fitting(line, start, width);
    return end > start || start >= line.length() ? end : line.offsetByCodePoints(start, 1);
  }
}
