package org.doveadmsshd.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.brain.CommandLine;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.brain.progress.StatusLines;
import org.doveadmsshd.brain.progress.TerminalStatus;
import org.doveadmsshd.console.safety.Confirmation;
import org.doveadmsshd.console.terminal.WholeLines;
import org.jline.reader.EndOfFileException;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;

/** The interactive shell: asks for lines and carries them out until somebody leaves. */
public final class Shell {
  private static final int MAX_PROMPT = 40;

  /** Asks for the rest of a line that ended with a backslash. */
  private static final String CONTINUED = "> ";

  private final Terminal terminal;
  private final InterruptibleForeground foreground;
  private final Session session;
  private final Typing typing;
  private final WholeLines output;
  private final ShellHistory history;

  /** Lines that were pasted together and have not been carried out yet. */
  private final Deque<String> pasted = new ArrayDeque<>();

  /** Why it is to end, in words for who sits there; null as long as it goes on. */
  private volatile String ended;

  /**
   * @param terminal is not closed here
   * @param executor carries out commands while the shell's thread waits for keys
   * @param file keeps what is typed for the shells to come
   * @throws IOException when the terminal is gone
   */
  public Shell(
      Terminal terminal, CommandRunner runner, Executor executor, Optional<HistoryFile> file)
      throws IOException {
    this.terminal = terminal;
    output = new WholeLines(terminal.output());
    foreground = new InterruptibleForeground(terminal, executor, runner.memory());
    session =
        new Session(
            runner,
            this::console,
            Optional.of(terminal),
            foreground,
            new Confirmation(this::answer));
    history = new ShellHistory(file, runner.own());
    typing =
        isDumb()
            ? new PlainTyping(terminal)
            : new LineTyping(
                terminal, history, runner.own(), new SessionSurroundings(session, executor));
  }

  private boolean isDumb() {
    return terminal.getType().startsWith(Terminal.TYPE_DUMB);
  }

  /** What a person types while a command runs is no input of it. */
  private Console console() {
    return new Console(
        InputStream.nullInputStream(),
        output,
        output,
        isDumb() ? StatusLines.NONE : new TerminalStatus(output, this::size, true),
        true,
        Formatters.fitting(terminal.getColumns()),
        Optional.of(this::answer));
  }

  private StatusLines.Size size() {
    return new StatusLines.Size(terminal.getColumns(), terminal.getRows());
  }

  /**
   * Asks for lines and carries them out.
   *
   * @return the exit code of the last one
   * @throws IOException when the terminal is gone
   */
  public int run() throws IOException {
    try {
      history.begin();
    } catch (Failure e) {
      typing.say(e.getMessage());
    }
    try {
      while (!session.isOver() && ended == null) {
        next();
      }
    } catch (EndOfFileException e) {
      // Ctrl-D, or the terminal is gone
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (ended != null) {
      terminal.output().write((Printable.line(ended) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    terminal.flush();
    return session.exitCode();
  }

  private void next() throws IOException {
    CommandLine command = CommandLine.ofShell();
    try {
      boolean complete = command.add(line(prompt()));
      while (!complete) {
        complete = command.add(line(CONTINUED));
      }
    } catch (UserInterruptException e) {
      Thread.interrupted(); // JLine interrupts the thread for a Ctrl-C that comes between two lines
      return; // the line is given up
    }
    session.execute(command);
    output.end();
    if (foreground.wasInterrupted() && !pasted.isEmpty()) {
      typing.say("Lines that were not carried out: " + pasted.size());
      pasted.clear();
    }
  }

  /** The next of those that were pasted, or else one that is typed now. */
  private String line(String prompt) {
    if (pasted.isEmpty()) {
      List<String> typed = typing.line(prompt).lines().toList();
      if (typed.size() <= 1) {
        return typed.isEmpty() ? "" : typed.get(0);
      }
      pasted.addAll(typed);
    }
    String next = pasted.remove();
    typing.say(prompt + Printable.line(next));
    return next;
  }

  /** What is typed is no line for the history. Ctrl-C and Ctrl-D are no answer. */
  private String answer(String prompt) {
    try {
      return new PlainTyping(terminal).line(prompt);
    } catch (UserInterruptException | EndOfFileException e) {
      return "";
    }
  }

  /** Whose mail the next command touches. */
  private String prompt() {
    String whose =
        session
            .choices()
            .users()
            .map(users -> users.equals(Choices.ALL) ? "all users" : users)
            .orElse(session.runner().master());
    return Printable.line(whose, MAX_PROMPT) + "> ";
  }

  /** Says something, on the shell's own thread. */
  public void say(String text) {
    typing.say(Printable.line(text));
  }

  /**
   * Ends it. The terminal's input has to end, too. Safe for several threads.
   *
   * @param why in words for who sits there
   * @param now whether a command that is carried out is stopped
   */
  public void end(String why, boolean now) {
    ended = why;
    if (now) {
      foreground.end();
    }
  }
}
