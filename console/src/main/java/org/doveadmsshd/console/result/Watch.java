package org.doveadmsshd.console.result;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.TextWidth;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.brain.progress.StatusLines;
import org.doveadmsshd.console.terminal.FullScreen;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;

/**
 * Carries a command out again and again, and shows what it has printed last: in its place, or below
 * one another on a terminal that can only print. Runs on the thread that reads from the terminal.
 */
public final class Watch {
  private static final long LOOK_MILLIS = 100;

  private final Terminal terminal;
  private final String title;
  private final Duration interval;
  private final FullScreen screen;
  private final boolean redraws;

  /** Carries the command out. */
  @FunctionalInterface
  public interface Command {
    /**
     * Carries it out once; returns when it has ended.
     *
     * @param round what it writes to, and how it is known that it was stopped
     * @return the exit code
     */
    int run(Round round) throws IOException;
  }

  /**
   * @param title what is watched
   * @param interval from the end of one run to the beginning of the next
   */
  public Watch(Terminal terminal, String title, Duration interval) {
    this.terminal = terminal;
    this.title = title;
    this.interval = interval;
    screen = new FullScreen(terminal);
    redraws = FullScreen.isPossible(terminal);
  }

  /**
   * Returns when somebody has ended it.
   *
   * @return the exit code of the last run
   */
  public int run(Command command) throws IOException {
    if (redraws) {
      screen.open();
    }
    try {
      Round round;
      int code;
      do {
        round = new Round();
        code = command.run(round);
        round.end();
        show(round, code);
      } while (!round.isStopped() && isWanted(round, code));
      return code;
    } finally {
      if (redraws) {
        screen.close();
      }
    }
  }

  /** Waits for the time of the next run, or a key; says whether there is to be one. */
  private boolean isWanted(Round round, int code) throws IOException {
    long end = System.nanoTime() + interval.toNanos();
    try (Keys keys = new Keys(terminal)) {
      for (long left; (left = (end - System.nanoTime()) / 1_000_000) > 0; ) {
        switch (keys.next(Math.min(left, LOOK_MILLIS))) {
          case LEAVE, INTERRUPT -> {
            return false;
          }
          case PAGE_DOWN, LINE_DOWN -> {
            return true;
          }
          default -> redraw(round, code);
        }
      }
    }
    return true;
  }

  private void redraw(Round round, int code) throws IOException {
    if (redraws && screen.isResized()) {
      screen.refresh();
      show(round, code);
    }
  }

  private void show(Round round, int code) throws IOException {
    String head = "%s  %s".formatted(LocalTime.now().truncatedTo(ChronoUnit.SECONDS), title);
    if (!redraws) {
      StringBuilder text = new StringBuilder(Printable.line(head)).append('\n');
      round.lines().forEach(line -> text.append(line).append('\n'));
      terminal.output().write(text.toString().getBytes(StandardCharsets.UTF_8));
      terminal.output().flush();
      return;
    }
    List<AttributedString> rows = new ArrayList<>();
    rows.add(new AttributedString(cut(Printable.line(head)), AttributedStyle.INVERSE));
    round.lines().forEach(line -> rows.add(new AttributedString(cut(line))));
    String more = round.more(screen.rows() - 1);
    String ended = code == 0 ? "" : "exit code %d | ".formatted(code);
    String status = more + ended + "space runs it now, q leaves";
    screen.draw(rows, new AttributedString(cut(status), AttributedStyle.INVERSE));
  }

  private String cut(String text) {
    return TextWidth.cut(text, screen.columns() - 1);
  }

  /** One run. */
  public static final class Round {
    /** More than a screen has. */
    private static final int MOST = 200;

    // guarded by this
    private final List<String> lines = new ArrayList<>();
    private long count;
    private boolean stopped;

    private final Output out = new Output();
    private final Output error = new Output();

    /** What the command reads and writes instead of a terminal's console. */
    public Console console(Console given) {
      return given.writing(out, error).watchedBy(StatusLines.NONE);
    }

    /** The command has ended: what it has not ended with a line feed is a line, too. */
    private void end() throws IOException {
      out.gatherer.end();
      error.gatherer.end();
    }

    /** Who takes the run, and stops it when somebody wants it to end. */
    public Consumer<Running> started(Consumer<Running> taker) {
      return run ->
          taker.accept(
              () -> {
                stop();
                run.cancel();
              });
    }

    private synchronized void stop() {
      stopped = true;
    }

    private synchronized boolean isStopped() {
      return stopped;
    }

    private synchronized void add(String line) {
      count++;
      if (lines.size() < MOST) {
        lines.add(LineGatherer.shown(line));
      }
    }

    private synchronized List<String> lines() {
      return List.copyOf(lines);
    }

    /** How many lines do not fit into so many rows. */
    private synchronized String more(int rows) {
      return count > rows ? "%,d more lines | ".formatted(count - rows) : "";
    }

    /** One of its outputs; one thread at a time writes. */
    private final class Output extends OutputStream {
      private final LineGatherer gatherer = new LineGatherer((line, isWhole) -> add(line));

      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        gatherer.write(bytes, offset, length);
      }
    }
  }
}
