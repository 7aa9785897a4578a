package org.doveadmsshd.console.result;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.TextWidth;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.console.terminal.FullScreen;
import org.jline.terminal.Terminal;

/**
 * What one command prints at a terminal: directly as long as it fits on the screen, in the pager as
 * soon as it does not. The command waits while the pager has enough to show, and tells others that
 * they may have its place.
 *
 * <p>The command writes on any threads; the session's thread {@linkplain #show shows} and closes.
 */
public final class Paging implements AutoCloseable {
  private final Terminal terminal;
  private final Console console;
  private final Transcript transcript;
  private final PagedLines lines;
  private final LineGatherer gatherer = new LineGatherer(this::take);
  private final CompletableFuture<Void> filled = new CompletableFuture<>();
  private volatile Running running = () -> {};

  /** Rows of the screen that have been printed; only the command changes it. */
  private int rows;

  /**
   * @param console that of the terminal
   * @param memory draws the lines
   */
  public Paging(Terminal terminal, Console console, MemoryBudget.Share memory) {
    this.terminal = terminal;
    this.console = console;
    transcript = new Transcript(console);
    lines = new PagedLines(memory.share(PagedLines.MOST));
  }

  /** Whether a terminal can do more than print lines. */
  public static boolean isPossible(Terminal terminal) {
    return FullScreen.isPossible(terminal);
  }

  /** What the command reads and writes. */
  public Console console() {
    return console.writing(new Out(), transcript).watchedBy(transcript);
  }

  /** The command that waits for the pager. */
  public void started(Running run) {
    running = run;
  }

  /** Done when there is more to show than the screen has room for. */
  public CompletableFuture<Void> filled() {
    return filled;
  }

  /**
   * Shows it; returns when somebody leaves, or the terminal is gone.
   *
   * @param stop stops the command; what it has printed can still be looked at
   */
  public void show(Runnable stop) {
    new Pager(terminal, lines, transcript::progress, stop).show();
  }

  /** The command has ended: there will be no more. */
  public void finished() throws IOException {
    gatherer.end();
    lines.finish();
  }

  /** Forgets the lines, also those that come later, and says what has been kept back. */
  @Override
  public void close() throws IOException {
    lines.close();
    transcript.release();
  }

  private void take(String line, boolean isWhole) throws IOException {
    String shown = LineGatherer.shown(line);
    if (!filled.isDone()) {
      int columns = Math.max(1, terminal.getColumns());
      rows += Math.max(1, (TextWidth.of(shown) + columns - 1) / columns);
      if (rows < terminal.getRows() - 1) { // the command and the next prompt stay in sight
        transcript.print(isWhole ? line + "\n" : line);
      } else {
        transcript.hold();
        filled.complete(null);
      }
    }
    try {
      lines.add(shown, isWhole, new Places());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while waiting for the pager");
    }
  }

  /** Whoever waits for the pager works at nothing. */
  private final class Places implements PagedLines.WaitListener {
    @Override
    public void begins() {
      running.waits();
    }

    @Override
    public void ends() {
      running.goesOn();
    }

    @Override
    public boolean isOver() {
      return running.isCancelled();
    }
  }

  /** Standard output of the command. */
  private final class Out extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      gatherer.write(bytes, offset, length);
    }

    /** A line that is not complete is not on the screen yet. */
    @Override
    public void flush() throws IOException {
      console.out().flush();
    }
  }
}
