package org.doveadmsshd.brain;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.doveadmsshd.brain.journal.Fate;
import org.doveadmsshd.brain.journal.UserEnd;
import org.doveadmsshd.brain.progress.Progress;
import org.doveadmsshd.brain.progress.ProgressForm;
import org.doveadmsshd.brain.progress.ProgressJson;
import org.doveadmsshd.brain.progress.StatusText;

/**
 * Tells how far a run is in the form that was asked for: status lines, lines of JSON, or lines of
 * text with {@code -v} where nobody watches. One thread at a time.
 */
final class RunProgress implements RunListener {
  /** So long nobody is asked how many users there are: most runs have ended by then. */
  private static final long UNCOUNTED_NANOS = 1_000_000_000;

  private final Invocation invocation;
  private final Console console;
  private final Reporter reporter;
  private final Progress progress;
  private final Supplier<OptionalLong> users;
  private final long begun = System.nanoTime();

  /**
   * @param users how many it is for, if that is known; being asked may have them counted
   */
  RunProgress(
      Invocation invocation,
      Console console,
      Reporter reporter,
      List<Server> servers,
      Supplier<OptionalLong> users) {
    this.invocation = invocation;
    this.console = console;
    this.reporter = reporter;
    this.users = users;
    progress = new Progress(servers.stream().map(Server::name).toList(), begun);
  }

  /** Counts the user. */
  @Override
  public void ended(UserEnd end) {
    progress.ended(end.server(), Fate.of(end.outcome()));
  }

  /**
   * Tells how far the run is.
   *
   * @param amidLine whether a row stands on the screen that has not ended
   * @param second whether a second has passed since this was last true
   */
  void tell(boolean amidLine, boolean second) throws IOException {
    if (!invocation.users().isSeveral()) {
      return;
    }
    ProgressForm form = invocation.progress();
    if (form == ProgressForm.JSON && second) {
      tell(OptionalInt.empty());
    } else if (form == ProgressForm.AUTO && console.isWatched() && !amidLine) {
      show();
    } else if (form == ProgressForm.AUTO && !console.isWatched() && second) {
      sayHowFar();
    }
  }

  private void show() throws IOException {
    long now = System.nanoTime();
    OptionalLong all = now - begun < UNCOUNTED_NANOS ? OptionalLong.empty() : users.get();
    reporter.show(
        StatusText.lines(
            invocation.command().name(),
            reporter.counted(),
            progress.at(now, all),
            console.status().size()));
  }

  private void sayHowFar() throws IOException {
    if (invocation.verbose()) {
      reporter.sayHowFar();
    }
  }

  /** Tells that the run has ended. */
  void end(int exitCode) throws IOException {
    if (invocation.progress() == ProgressForm.JSON) {
      tell(OptionalInt.of(exitCode));
    }
  }

  private void tell(OptionalInt exitCode) throws IOException {
    reporter.line(
        ProgressJson.line(
            invocation.command().name(), progress.at(System.nanoTime(), users.get()), exitCode));
  }
}
