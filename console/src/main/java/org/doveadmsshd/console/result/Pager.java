package org.doveadmsshd.console.result;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.TextWidth;
import org.doveadmsshd.console.terminal.FullScreen;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/**
 * Shows an output that is longer than the screen while it comes. Runs on the thread that reads from
 * the terminal.
 *
 * <p>It is neither a program of its own nor JLine's {@code Less}: that one opens files of the
 * server ({@code :e}), searches with regular expressions that may never end, and wants an output
 * that is complete.
 */
final class Pager {
  /** How often it is looked whether more has come, or the terminal has another size. */
  private static final long LOOK_MILLIS = 100;

  /** A command waits so long for somebody who presses no key; then it is stopped. */
  private static final long PATIENCE_NANOS = 600_000_000_000L;

  /** Columns that one key scrolls sideways. */
  private static final int SIDEWAYS = 8;

  private static final int CONTROL_C = 3;
  private static final int ESCAPE = 27;

  private final Terminal terminal;
  private final PagedLines lines;
  private final Viewport view;
  private final FullScreen screen;
  private final Supplier<String> progress;
  private final Runnable stop;
  private final PagerSearch search = new PagerSearch();
  private Keys keys;
  private Goal goal = Goal.NONE;
  private String message = "";
  private long lastKey = System.nanoTime();
  private boolean stopped;
  private boolean over;

  /** What is waited for until more has come. */
  private enum Goal {
    NONE,
    END,
    MATCH
  }

  /**
   * @param progress what the command says of how far it is; may be empty
   * @param stop stops the command; what it has printed can still be looked at
   */
  Pager(Terminal terminal, PagedLines lines, Supplier<String> progress, Runnable stop) {
    this.terminal = terminal;
    this.lines = lines;
    this.progress = progress;
    this.stop = stop;
    view = new Viewport(lines);
    screen = new FullScreen(terminal);
  }

  /** Returns when somebody leaves, or the terminal is gone. */
  void show() {
    try (Keys pressed = new Keys(terminal)) {
      keys = pressed;
      screen.open();
      view.resize(screen.columns(), screen.rows());
      while (!over) {
        advance();
        draw(status());
        take(keys.next(timeout()));
      }
      screen.close();
    }
  }

  private void take(PagerKey key) {
    if (key == PagerKey.NONE) {
      waited();
      return;
    }
    lastKey = System.nanoTime();
    message = "";
    if (key == PagerKey.INTERRUPT) {
      interrupt();
    } else {
      goal = Goal.NONE;
      press(key);
    }
  }

  /** In milliseconds; 0 for as long as it takes. */
  private long timeout() {
    return goal == Goal.MATCH ? 1 : isPatient() ? LOOK_MILLIS : 0;
  }

  private boolean isPatient() {
    return System.nanoTime() - lastKey < PATIENCE_NANOS;
  }

  private void waited() {
    if (screen.isResized()) {
      resize();
    }
    if (!isPatient() && lines.isFull() && !stopped) {
      halt("Nobody has read on for long: the command has been stopped");
    }
  }

  private void resize() {
    screen.refresh();
    view.resize(screen.columns(), screen.rows());
  }

  private void halt(String why) {
    stopped = true;
    stop.run();
    message = why;
  }

  /** Ends what is under way: a wait, the command, or the pager. */
  private void interrupt() {
    if (goal != Goal.NONE) {
      goal = Goal.NONE;
      message = "Not waited for any longer";
    } else if (!lines.isEnded() && !stopped) {
      halt("The command has been stopped");
    } else {
      over = true;
    }
  }

  private void press(PagerKey key) {
    switch (key) {
      case LINE_DOWN -> view.down(1);
      case LINE_UP -> view.up(1);
      case PAGE_DOWN -> view.down(screen.rows());
      case PAGE_UP -> view.up(screen.rows());
      case HALF_DOWN -> view.down(screen.rows() / 2);
      case HALF_UP -> view.up(screen.rows() / 2);
      case FIRST -> view.home();
      case LAST -> goal = Goal.END;
      case LEFT -> view.sideways(-SIDEWAYS);
      case RIGHT -> view.sideways(SIDEWAYS);
      case WRAP -> view.toggleWrap();
      case SEARCH_DOWN -> ask(true);
      case SEARCH_UP -> ask(false);
      case AGAIN -> again(true);
      case AGAIN_BACK -> again(false);
      case REDRAW -> resize();
      case HELP -> help();
      case LEAVE -> over = true;
      default -> message = "h shows which keys there are";
    }
  }

  /** Asks what is to be found; nothing typed means the same again. */
  private void ask(boolean down) {
    StringBuilder text = new StringBuilder();
    boolean finished = false;
    while (!finished) {
      draw(
          new AttributedString(
              (down ? "/" : "?") + TextWidth.cut(text.toString(), screen.columns() - 2)));
      int c = keys.character();
      if (c < 0 || c == CONTROL_C || c == ESCAPE) {
        return;
      }
      finished = c == '\r' || c == '\n';
      if (!finished) {
        PagerSearch.edit(text, c);
      }
    }
    search.begin(text.toString(), down, view.top());
    find();
  }

  private void again(boolean sameWay) {
    search.again(sameWay, view.top(), bottom());
    find();
  }

  private void find() {
    goal = search.isNothing() ? Goal.NONE : Goal.MATCH;
    message = search.isNothing() ? "Nothing to search for: type / and a text" : "";
  }

  /** Number of the last line on the screen; that before the first one when there is none. */
  private long bottom() {
    List<Viewport.Row> rows = view.rows();
    return rows.isEmpty() ? view.top() - 1 : rows.get(rows.size() - 1).number();
  }

  /** Goes as far towards the goal as the output has come. */
  private void advance() {
    switch (goal) {
      case END -> {
        lines.look(Long.MAX_VALUE, Long.MAX_VALUE);
        view.end();
        goal = lines.isEnded() ? Goal.NONE : goal;
      }
      case MATCH -> match();
      default -> lines.look(view.top(), bottom());
    }
  }

  /** Searches what comes for a moment; whoever prints is never far ahead of it. */
  private void match() {
    long end = System.nanoTime() + LOOK_MILLIS * 1_000_000;
    long left;
    do {
      boolean complete = lines.isEnded(); // asked first: lines may come while it is searched
      if (search.advance(lines)) {
        search.place(lines).show(view);
        goal = Goal.NONE;
      } else if (complete || !search.isDown()) {
        goal = Goal.NONE;
        message = "Not found %s: %s".formatted(search.isDown() ? "below" : "above", search.text());
      } else {
        lines.look(search.next() - 1, search.next() - 1);
      }
      left = (end - System.nanoTime()) / 1_000_000;
    } while (goal == Goal.MATCH && left > 0 && lines.awaitLine(search.next(), left));
  }

  private void help() {
    List<AttributedString> rows =
        PagerKey.HELP_TEXT.lines().map(line -> new AttributedString(cut(line))).toList();
    screen.draw(rows, status("Press any key"));
    keys.next(0);
  }

  private void draw(AttributedString status) {
    List<AttributedString> rows = new ArrayList<>();
    for (Viewport.Row row : view.rows()) {
      rows.add(shown(row));
    }
    screen.draw(rows, status);
  }

  /** A row with what was searched for in reverse. */
  private AttributedString shown(Viewport.Row row) {
    AttributedStringBuilder shown = new AttributedStringBuilder();
    int at = row.from();
    for (PagerSearch.Part part : search.parts(lines, row.number())) {
      int from = Math.min(Math.max(part.from(), at), row.to());
      int to = Math.min(Math.max(part.to(), at), row.to());
      shown.append(row.line().substring(at, from));
      shown.append(row.line().substring(from, to), AttributedStyle.INVERSE);
      at = to;
    }
    return shown.append(row.line().substring(at, row.to())).toAttributedString();
  }

  private AttributedString status() {
    if (!message.isEmpty()) {
      return status(message);
    }
    long last = bottom() + 1;
    String where = "lines %,d-%,d".formatted(view.top() + 1, last);
    String end = lines.isEnded() ? "%s of %,d".formatted(where, lines.end()) : where;
    String more =
        switch (goal) {
          case END -> "; on the way to the end";
          case MATCH -> "; searching for " + search.text();
          default -> lines.isEnded() && last == lines.end() ? " (end)" : "";
        };
    String done = lines.isEnded() || progress.get().isEmpty() ? "" : " | " + progress.get();
    return status(end + more + done + " | h help, q leave");
  }

  private AttributedString status(String text) {
    return new AttributedString(cut(Printable.line(text)), AttributedStyle.INVERSE);
  }

  private String cut(String text) {
    return TextWidth.cut(text, screen.columns() - 1);
  }
}
