package org.doveadmsshd.brain;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.doveadmsshd.auth.scheme.PasswordSchemes;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.command.LocalContext;
import org.doveadmsshd.command.LocalOutput;
import org.doveadmsshd.command.Runs;
import org.doveadmsshd.command.Task;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;

/** Carries out a command that needs neither user nor server. */
final class LocalRun implements LocalOutput, Running {
  private final Console console;
  private Printer printer; // of the thread that runs it
  private long rows;
  private volatile boolean cancelled;

  private LocalRun(Console console) {
    this.console = console;
  }

  /** Ends when all is printed. */
  static void execute(
      Invocation invocation,
      Task.Local task,
      Semaphore hashing,
      Console console,
      MemoryBudget.Share memory,
      Runs runs,
      Consumer<Running> started)
      throws Failure, IOException {
    LocalRun run = new LocalRun(console);
    started.accept(run);
    LocalContext context = new LocalContext(new PasswordSchemes(), hashing, runs, console::in, run);
    long needed = task.memory(context);
    try (MemoryBudget.Share own = memory.share(memory.most())) {
      if (!own.tryTake(needed)) {
        throw new Failure(
            Outcome.TEMPORARY_FAILURE,
            "There is no memory for this at the moment (it takes %,d KiB); try again later"
                .formatted(needed / 1024));
      }
      run.execute(invocation, task, context, memory);
    }
  }

  private void execute(
      Invocation invocation, Task.Local task, LocalContext context, MemoryBudget.Share memory)
      throws Failure, IOException {
    printer =
        new Printer(
            memory,
            console,
            new Printer.Layout(
                invocation.formatter().orElse(task.defaultFormatter()),
                task.columns(),
                false,
                !invocation.hideTitles()));
    boolean done = false;
    try {
      checkpoint();
      task.run(context);
      done = true;
    } finally {
      printer.end(!done);
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public void row(List<Value> values) throws IOException {
    printer.finished(rows++, "", List.of(new Message.Row(0, values)), 0);
  }

  @Override
  public void flush() throws IOException {
    printer.tick();
  }

  @Override
  public void checkpoint() throws Failure {
    if (cancelled) {
      throw new Failure(Outcome.CANCELLED, "Stopped");
    }
  }
}
