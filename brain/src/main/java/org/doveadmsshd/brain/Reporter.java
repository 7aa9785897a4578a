package org.doveadmsshd.brain;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.protocol.Message;

/**
 * What a run says on standard error: messages about users, progress, and the summary. Counts
 * outcomes and knows the exit code. Safe for several threads.
 */
final class Reporter {
  private static final int TEMPORARY = Outcome.TEMPORARY_FAILURE.exitCode();

  private final OutputStream error;
  private final boolean isTerminal;
  private final boolean verbose;
  private final String command;
  private final long begun = System.nanoTime();
  private final Map<String, Long> counts = new TreeMap<>();
  private long done;
  private long failed;
  private long skipped;
  private int exitCode;
  private int shownProgress;
  private String lastFailure = "";

  /**
   * @param isTerminal whether a person watches, who likes to see progress
   */
  Reporter(OutputStream error, boolean isTerminal, boolean verbose, String command) {
    this.error = error;
    this.isTerminal = isTerminal;
    this.verbose = verbose;
    this.command = command;
  }

  /** Passes on a line of a worker: {@code doveadm(user): Warning: text}. */
  synchronized void log(String user, Message.Log.Level level, String text) throws IOException {
    if (level == Message.Log.Level.DEBUG && !verbose) {
      return;
    }
    String word =
        switch (level) {
          case DEBUG -> "Debug";
          case INFO -> "Info";
          case WARNING -> "Warning";
          case ERROR -> "Error";
        };
    String about = user.isEmpty() ? "doveadm" : "doveadm(" + user + ")";
    line(about + ": " + word + ": " + text);
  }

  /** Notes what became of a user. */
  synchronized void ended(String user, Message.Done result) throws IOException {
    result.counts().forEach((what, number) -> counts.merge(what, number, Long::sum));
    done++;
    if (result.outcome().isOk()) {
      return;
    }
    failed++;
    if (user.isEmpty()) {
      failed(result.outcome(), result.text());
    } else {
      exit(result.outcome());
      log(user, Message.Log.Level.ERROR, result.text());
    }
  }

  /** Notes that a user who was listed is not there any more. */
  synchronized void skipped(String user) throws IOException {
    skipped++;
    log(user, Message.Log.Level.INFO, "User no longer exists, skipping");
  }

  /** Notes a failure that is not one user's. */
  synchronized void failed(Outcome outcome, String text) throws IOException {
    exit(outcome);
    if (!text.equals(lastFailure)) { // a server that is down is met more than once
      lastFailure = text;
      log("", Message.Log.Level.ERROR, text);
    }
  }

  /** The first failure decides, but a temporary one overrides all. */
  private void exit(Outcome outcome) {
    if (exitCode == 0 || outcome.exitCode() == TEMPORARY) {
      exitCode = outcome.exitCode();
    }
  }

  synchronized int exitCode() {
    return exitCode;
  }

  synchronized long done() {
    return done;
  }

  synchronized long failedUsers() {
    return failed;
  }

  /** Shows how far the run is, to whom wants to see it. */
  synchronized void progress() throws IOException {
    if (isTerminal || verbose) {
      String text = command + ": " + users() + tail();
      if (isTerminal) {
        String padding = " ".repeat(Math.max(0, shownProgress - text.length()));
        error.write(("\r" + text + padding).getBytes(StandardCharsets.UTF_8));
        error.flush();
        shownProgress = text.length();
      } else {
        line(text);
      }
    }
  }

  /** Sums up a run over several users. */
  synchronized void summary() throws IOException {
    double seconds = (System.nanoTime() - begun) / 1e9;
    line("%s: %s%s, %.1f s".formatted(command, users(), tail(), seconds));
  }

  private String users() {
    return done == 1 ? "1 user" : "%,d users".formatted(done);
  }

  private String tail() {
    StringBuilder text = new StringBuilder();
    counts.forEach((what, number) -> text.append(", %,d %s".formatted(number, what)));
    if (skipped > 0) {
      text.append(", %,d skipped".formatted(skipped));
    }
    return text.append(failed > 0 ? ", %,d failed".formatted(failed) : "").toString();
  }

  private void line(String text) throws IOException {
    StringBuilder shown = new StringBuilder();
    if (shownProgress > 0) {
      shown.append('\r').append(" ".repeat(shownProgress)).append('\r');
      shownProgress = 0;
    }
    shown.append(Printable.line(text));
    error.write(shown.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    error.flush();
  }
}
