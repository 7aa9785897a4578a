package org.doveadmsshd.brain;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.brain.format.FormatterFactory;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.brain.progress.StatusLines;
import org.doveadmsshd.brain.progress.TerminalStatus;

/**
 * What a command line reads and writes.
 *
 * @param in unbuffered
 * @param out unbuffered; a write may block as long as nobody reads
 * @param error for diagnostics
 * @param status where a person watches {@code error}, who likes to see progress there; {@link
 *     StatusLines#NONE} when nobody does
 * @param isTerminal whether {@code out} is shown by a terminal, which obeys control characters;
 *     what is written there must not have them, unless it is {@linkplain #guarded guarded}
 * @param formatters make text of rows
 * @param question asks who sits there; nothing where nobody can be asked
 */
public record Console(
    InputStream in,
    OutputStream out,
    OutputStream error,
    StatusLines status,
    boolean isTerminal,
    FormatterFactory formatters,
    Optional<Question> question) {
  /** The width that is assumed where there is no terminal. */
  public static final int DEFAULT_WIDTH = 80;

  private static final int DEFAULT_HEIGHT = 24;

  /** Asks who sits at a terminal. */
  @FunctionalInterface
  public interface Question {
    /**
     * Waits for the answer.
     *
     * @return one line; empty also when there is no answer
     * @throws IOException when the terminal is gone
     */
    String ask(String prompt) throws IOException;
  }

  /** One at which nobody can be asked. */
  public Console(
      InputStream in,
      OutputStream out,
      OutputStream error,
      StatusLines status,
      boolean isTerminal,
      FormatterFactory formatters) {
    this(in, out, error, status, isTerminal, formatters, Optional.empty());
  }

  /**
   * A terminal at which a person sits, or none at all.
   *
   * @param width of a line, in characters
   */
  public Console(
      InputStream in, OutputStream out, OutputStream error, boolean isTerminal, int width) {
    this(
        in,
        out,
        error,
        isTerminal ? status(error, width) : StatusLines.NONE,
        isTerminal,
        isTerminal ? Formatters.fitting(width) : Formatters.plain(width));
  }

  private static StatusLines status(OutputStream error, int width) {
    return new TerminalStatus(error, () -> new StatusLines.Size(width, DEFAULT_HEIGHT), false);
  }

  /** Whether a person watches who likes to see progress. */
  public boolean isWatched() {
    return status != StatusLines.NONE;
  }

  /** The same, but with something else to read. */
  public Console reading(InputStream other) {
    return new Console(other, out, error, status, isTerminal, formatters, question);
  }

  /** The same, but what it writes goes elsewhere. */
  public Console writing(OutputStream other, OutputStream otherError) {
    return new Console(in, other, otherError, status, isTerminal, formatters, question);
  }

  /** The same, but progress is shown elsewhere. */
  public Console watchedBy(StatusLines other) {
    return new Console(in, out, error, other, isTerminal, formatters, question);
  }

  /** The same with other formatters. */
  public Console with(FormatterFactory others) {
    return new Console(in, out, error, status, isTerminal, others, question);
  }

  /** The same, but this asks, or nobody. */
  public Console asking(Optional<Question> other) {
    return new Console(in, out, error, status, isTerminal, formatters, other);
  }

  /** The same, but what is written to {@code out} may be anything. */
  public Console guarded() {
    return isTerminal && !(out instanceof TerminalText)
        ? new Console(in, new TerminalText(out), error, status, true, formatters, question)
        : this;
  }

  /** Says on standard error what is wrong with a command line, or where it was typed. */
  public void complain(String text) throws IOException {
    say("Error", text);
  }

  /** Says on standard error what may help. */
  public void inform(String text) throws IOException {
    say("Info", text);
  }

  /** Says on standard error what may not be meant by a command line. */
  public void warn(String text) throws IOException {
    say("Warning", text);
  }

  private void say(String word, String text) throws IOException {
    String line = "doveadm: " + word + ": " + Printable.line(text) + "\n";
    error.write(line.getBytes(StandardCharsets.UTF_8));
    error.flush();
  }
}
