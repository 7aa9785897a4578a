package org.doveadmsshd.console;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.brain.CommandLine;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.command.Secrets;
import org.jline.reader.impl.history.DefaultHistory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines of a shell, and of those before it. A line that may hold a password is forgotten at
 * once. One that is no command is remembered until the shell ends: it may be anything.
 */
final class ShellHistory extends DefaultHistory {
  private static final Logger LOG = LoggerFactory.getLogger(ShellHistory.class);

  /** Most lines of a shell. */
  static final int MOST_LINES = 200;

  /** Most characters of a line. */
  static final int LONGEST = 2000;

  private final Optional<HistoryFile> file;
  private final List<Manual> own;
  private boolean begun;

  /**
   * @param file keeps lines for the shells to come
   * @param own commands that there are besides doveadm's
   */
  ShellHistory(Optional<HistoryFile> file, List<Manual> own) {
    this.file = file;
    this.own = own;
  }

  /**
   * Takes in the lines of the shells before.
   *
   * @throws Failure why no file is kept; there is a history all the same
   */
  void begin() throws Failure {
    if (file.isPresent()) {
      for (String line : file.get().lines(MOST_LINES, LONGEST)) {
        internalAdd(Instant.EPOCH, line);
      }
      begun = true;
    }
  }

  /** Adds a line, or several that have been pasted together. */
  @Override
  public void add(Instant time, String text) {
    text.lines().map(String::strip).forEach(line -> addLine(time, line));
  }

  private void addLine(Instant time, String line) {
    boolean again = !isEmpty() && line.equals(get(last()));
    boolean plain = line.codePoints().noneMatch(Printable::isControl);
    if (line.isEmpty() || line.length() > LONGEST || again || !plain) {
      return;
    }
    List<String> words = words(line);
    if (mayHoldSecret(words)) {
      return;
    }
    internalAdd(time, line);
    if (begun && isKnown(words)) {
      try {
        file.orElseThrow().append(line);
      } catch (IOException e) {
        LOG.warn("A line of a shell's history cannot be kept: {}", e.toString());
        begun = false;
      }
    }
  }

  /** Also of a line that is none. */
  private static List<String> words(String line) {
    try {
      List<String> words = CommandLine.split(line);
      boolean named = !words.isEmpty() && words.get(0).equals(Session.PROGRAM);
      return named ? words.subList(1, words.size()) : words;
    } catch (Failure e) {
      return List.of(line.split("\\s+"));
    }
  }

  private boolean isKnown(List<String> words) {
    return !words.isEmpty()
        && (Statements.find(words.get(0)).isPresent()
            || OwnLine.of(words, own).isPresent()
            || !isMasked(words))
        && !words.equals(List.of(Secrets.MASKED));
  }

  private static boolean isMasked(List<String> words) {
    return !Secrets.masked(words).equals(words);
  }

  /** Whether a command or setting that is given passwords stands in it, behind a statement too. */
  private static boolean mayHoldSecret(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      List<String> rest = words.subList(i, words.size());
      List<String> masked = Secrets.masked(rest);
      boolean command = Secrets.takesPassword(rest.get(0)) && !masked.equals(rest);
      if (command || masked.stream().anyMatch(word -> word.endsWith("=" + Secrets.MASKED))) {
        return true;
      }
    }
    return false;
  }
}
