package org.doveadmsshd.brain;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Rate;

/**
 * One command line on its way through all its users: a {@link Feed} names them, the {@link
 * Dispatch} gives them to servers, the {@link Printer} puts out their rows, and the {@link
 * Reporter} says what became of them.
 */
public final class Run implements Running {
  private static final long TICK_MILLIS = 100;

  /**
   * Longest time between two looks at a run whose output is not read, so that hundreds of such runs
   * cost nothing.
   */
  private static final long LONGEST_TICK_MILLIS = 1000;

  private static final long LINE_NANOS = 1_000_000_000;

  private final CommandRequest request;
  private final Fleet fleet;
  private final RunJournal journal;
  private final Invocation invocation;
  private final Console console;
  private final Executor executor;
  private final Printer printer;
  private final Reporter reporter;
  private final Screen screen;
  private final Dispatch dispatch;
  private final Feed feed;
  private final Optional<Census> census;
  private final RunProgress progress;

  /**
   * Opens the output.
   *
   * @param memory draws what waits for the reader
   * @throws Failure when the output cannot be had in that form; no user has been touched then
   */
  Run(
      CommandRequest request,
      Console console,
      Fleet fleet,
      RunJournal journal,
      Executor executor,
      MemoryBudget.Share memory,
      Patience patience)
      throws Failure, IOException {
    invocation = request.invocation();
    this.request = request;
    this.fleet = fleet;
    this.journal = journal;
    this.console = console;
    this.executor = executor;
    reporter =
        new Reporter(
            console.error(),
            console.status(),
            invocation.verbose(),
            invocation.users().isSeveral(),
            invocation.command().name());
    screen = new Screen(console.out(), reporter);
    boolean showsBoth = console.isWatched() && console.isTerminal();
    printer =
        new Printer(
            memory,
            showsBoth ? console.writing(screen, console.error()) : console,
            new Printer.Layout(
                request.formatter(),
                request.shownColumns(),
                request.namesUser(),
                !invocation.hideTitles()),
            invocation.flow().ordered());
    progress = new RunProgress(invocation, console, reporter, fleet.servers(), this::users);
    dispatch =
        new Dispatch(
            request,
            printer,
            reporter,
            List.of(journal, reporter, progress),
            journal,
            fleet.servers(),
            executor,
            patience,
            new Canary(console, printer, reporter));
    feed = new Feed(invocation, console.in(), fleet, dispatch, executor);
    census = Census.of(invocation.users(), fleet.servers(), journal.filter(), executor);
  }

  /**
   * Begins to write down what becomes of users, where that is usual or asked for.
   *
   * @throws Failure when it must be written down, and cannot; no user has been touched then
   */
  void writesDown(Instant started) throws Failure, IOException {
    boolean eachServer = fleet.isAnyones() && invocation.users().pattern().isPresent();
    journal.begin(
        this,
        reporter,
        new RunJournal.Begun(started, request.now(), fleet.driver(), eachServer),
        executor);
  }

  /** Has somebody else hear how users end. */
  void tell(RunListener listener) {
    dispatch.tell(listener);
  }

  /** Works until all is done. Returns the exit code. */
  int execute() throws IOException {
    executor.execute(feed::run);
    try {
      await();
    } finally {
      dispatch.close();
    }
    if (dispatch.broken() != null) {
      throw dispatch.broken();
    }
    printer.end(reporter.isInVain() || dispatch.isCancelled() && reporter.done() == 0);
    boolean several = invocation.users().isSeveral();
    if (dispatch.isCancelled()) {
      String why = dispatch.isExpired() ? "The time for the run (--deadline) is over" : "Stopped";
      reporter.failed(Outcome.CANCELLED, why + "; users that were not begun are unchanged");
      reporter.setListCut(!feed.hasNamedAll());
    } else if (several) {
      reporter.checkThatSomebodyExists();
    }
    reporter.leftOut();
    reporter.doneBefore(journal.left());
    if (several) {
      reporter.summary();
    }
    journal.end(reporter.exitCode());
    progress.end(reporter.exitCode());
    return reporter.exitCode();
  }

  /** Until every user has come to the end, also when nothing can be told any more. */
  private void await() {
    boolean interrupted = false;
    long millis = TICK_MILLIS;
    long line = System.nanoTime();
    while (true) {
      try {
        boolean second = System.nanoTime() - line >= LINE_NANOS;
        line = second ? System.nanoTime() : line;
        millis = tick(second) ? TICK_MILLIS : Math.min(2 * millis, LONGEST_TICK_MILLIS);
        if (dispatch.awaitEnd(millis)) {
          break;
        }
      } catch (IOException e) {
        dispatch.broken(null, e);
      } catch (InterruptedException e) {
        interrupted = true;
        dispatch.cancel();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Looks after what goes on.
   *
   * @param second whether a second has passed since it was last said how far the run is
   * @return whether there may soon be something to do: no thread waits for the client
   */
  private boolean tick(boolean second) throws IOException {
    dispatch.watch();
    if (dispatch.broken() != null) {
      return true;
    }
    boolean free = printer.tick();
    progress.tell(screen.isAmidLine(), second);
    return free || dispatch.isCancelled();
  }

  /** Users under way end at their next checkpoint, others are not begun. */
  @Override
  public void cancel() {
    dispatch.cancel();
  }

  @Override
  public void slow(Rate rate) {
    dispatch.pace().set(rate);
  }

  @Override
  public boolean isCancelled() {
    return dispatch.isCancelled();
  }

  /** The output is gone. */
  void broken(IOException e) {
    dispatch.broken(null, e);
  }

  @Override
  public long done() {
    return reporter.done();
  }

  @Override
  public OptionalLong users() {
    if (!invocation.users().isSeveral()) {
      return OptionalLong.empty();
    }
    return dispatch.isFed() ? OptionalLong.of(dispatch.assigned()) : counted();
  }

  private OptionalLong counted() {
    OptionalLong listed = census.isPresent() ? census.get().users() : OptionalLong.empty();
    OptionalLong limit = invocation.flow().limit();
    return listed.isPresent() && limit.isPresent()
        ? OptionalLong.of(Math.min(listed.getAsLong(), limit.getAsLong()))
        : listed;
  }

  @Override
  public long failed() {
    return reporter.failedUsers();
  }
}
