package org.doveadmsshd.console.top;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.TextWidth;
import org.doveadmsshd.console.terminal.FullScreen;
import org.jline.keymap.BindingReader;
import org.jline.keymap.KeyMap;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.NonBlockingReader;

/**
 * Shows what goes on, again and again, until somebody leaves: on the whole screen, or as lines
 * where a terminal can only print. Runs on the thread that reads from the terminal.
 */
public final class Top {
  /** How often it is looked whether the terminal has another size. */
  private static final long SIZE_MILLIS = 200;

  private static final String KEYS = "Up/Down select, k stop, s slow down, q leave";
  private static final int CONTROL_C = 3;
  private static final int BACKSPACE = 8;
  private static final int ESCAPE = 27;
  private static final int DELETE = 127;
  private static final int MOST_DIGITS = 6;
  private static final AttributedStyle BOLD = AttributedStyle.BOLD;

  private final Terminal terminal;
  private final Lookout lookout;
  private final long intervalNanos;
  private final Paces paces = new Paces();
  private final KeyMap<TopKey> keys = TopKey.all();
  private final BindingReader typed;
  private final FullScreen screen;
  private Look look = Look.NOTHING;
  private Optional<Activity.Key> selected = Optional.empty();

  /** What is to be ended if the next key is y. */
  private Optional<Activity> asked = Optional.empty();

  private String message = "";
  private boolean over;

  public Top(Terminal terminal, Lookout lookout, Duration interval) {
    this.terminal = terminal;
    this.lookout = lookout;
    intervalNanos = interval.toNanos();
    typed = new BindingReader(terminal.reader());
    screen = new FullScreen(terminal);
  }

  /** Lines that show what goes on now. */
  public static List<String> once(Lookout lookout, int width) throws IOException {
    Paces paces = new Paces();
    Look look = lookout.look();
    paces.note(look);
    return lines(new ActivityTable(look, paces, width));
  }

  private static List<String> lines(ActivityTable table) {
    List<String> lines = new ArrayList<>(table.summary());
    lines.addAll(table.rows());
    return lines;
  }

  /** Returns when somebody leaves, or the terminal is gone. */
  public void show() throws IOException {
    boolean whole = FullScreen.isPossible(terminal);
    Attributes before = terminal.getAttributes();
    if (whole) {
      screen.open();
    }
    try {
      while (!over) {
        look();
        if (whole) {
          await(this::draw);
        } else {
          print();
          await(() -> {});
        }
      }
    } finally {
      if (whole) {
        screen.close();
      }
      terminal.setAttributes(before);
    }
  }

  private void look() throws IOException {
    look = lookout.look();
    paces.note(look);
    over |= lookout.isInterrupted();
  }

  /** Takes keys until the next look. */
  private void await(Runnable draw) throws IOException {
    Attributes before = terminal.enterRawMode();
    Attributes raw = terminal.getAttributes();
    raw.setLocalFlag(LocalFlag.ISIG, false); // Ctrl-C is a key
    terminal.setAttributes(raw);
    long end = System.nanoTime() + intervalNanos;
    for (long left; !over && (left = end - System.nanoTime()) > 0; ) {
      draw.run();
      int next = typed.peekCharacter(Math.min(SIZE_MILLIS, left / 1_000_000 + 1));
      if (next == NonBlockingReader.EOF) {
        over = true;
      } else if (next != NonBlockingReader.READ_EXPIRED) {
        press(typed.readBinding(keys));
      }
    }
    terminal.setAttributes(before); // Ctrl-C stops a look that takes long
  }

  private void press(TopKey key) throws IOException {
    Optional<Activity> question = asked;
    asked = Optional.empty();
    message = "";
    if (key == null || key == TopKey.LEAVE) {
      over = key == null || question.isEmpty();
    } else if (question.isPresent()) {
      message = key == TopKey.YES ? lookout.end(question.get()) : "Nothing was stopped";
    } else if (key == TopKey.UP || key == TopKey.DOWN) {
      move(key == TopKey.UP ? -1 : 1);
    } else if (selection().isEmpty() && key != TopKey.OTHER) {
      message = "Nothing is selected: Up and Down do that";
    } else if (key == TopKey.STOP) {
      asked = selection();
    } else if (key == TopKey.SLOW && selection().orElseThrow().isRun()) {
      slow(selection().orElseThrow());
    } else if (key == TopKey.SLOW) {
      message = "Only runs can be slowed down";
    }
  }

  /** Asks how many users a second are enough, and has the run begin no more. */
  private void slow(Activity run) throws IOException {
    StringBuilder number = new StringBuilder();
    for (int key = 0; key != '\r' && key != '\n'; key = typed.readCharacter()) {
      if (key == CONTROL_C || key == ESCAPE || key == NonBlockingReader.EOF) {
        return;
      } else if (key == DELETE || key == BACKSPACE) {
        number.setLength(Math.max(0, number.length() - 1));
      } else if (key >= '0' && key <= '9' && number.length() < MOST_DIGITS) {
        number.append((char) key);
      }
      message = "Users a second (0: no limit): %s".formatted(number);
      draw();
    }
    message = number.length() == 0 ? "" : lookout.slow(run, number.toString());
  }

  private int index() {
    List<Activity.Key> all = look.activities().stream().map(Activity::key).toList();
    return selected.map(all::indexOf).orElse(-1);
  }

  private Optional<Activity> selection() {
    int at = index();
    return at < 0 ? Optional.empty() : Optional.of(look.activities().get(at));
  }

  private void move(int by) {
    int last = look.activities().size() - 1;
    int to = Math.max(0, Math.min(index() + by, last));
    selected = last < 0 ? Optional.empty() : Optional.of(look.activities().get(to).key());
  }

  private void print() throws IOException {
    ActivityTable table = new ActivityTable(look, paces, terminal.getColumns());
    for (String line : lines(table)) {
      terminal.writer().println(line);
    }
    terminal.writer().println("(q leaves)");
    terminal.flush();
  }

  private void draw() {
    if (screen.isResized()) {
      screen.refresh();
    }
    ActivityTable table = new ActivityTable(look, paces, screen.columns());
    List<AttributedString> lines = new ArrayList<>();
    int most = Math.max(1, screen.rows() / 3);
    table.summary().stream().limit(most).forEach(line -> lines.add(new AttributedString(line)));
    List<String> rows = table.rows();
    lines.add(new AttributedString(rows.get(0), BOLD));
    int room = Math.max(0, screen.rows() - lines.size());
    int first = Math.max(0, index() - room + 1); // so that the selected row is seen
    for (int i = first; i < Math.min(first + room, rows.size() - 1); i++) {
      AttributedStyle style = i == index() ? AttributedStyle.INVERSE : AttributedStyle.DEFAULT;
      lines.add(new AttributedString(rows.get(i + 1), style));
    }
    screen.draw(lines, new AttributedString(cut(status()), AttributedStyle.INVERSE));
  }

  private String status() {
    return asked
        .map(each -> "Stop %s %s of %s? y/n".formatted(each.kind(), each.id(), each.master()))
        .orElse(message.isEmpty() ? KEYS : message);
  }

  private String cut(String text) {
    return TextWidth.cut(text, screen.columns() - 1);
  }
}
