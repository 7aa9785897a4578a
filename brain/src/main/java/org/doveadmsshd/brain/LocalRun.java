package org.doveadmsshd.brain;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.doveadmsshd.auth.scheme.PasswordSchemes;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.command.LocalContext;
import org.doveadmsshd.command.Output;
import org.doveadmsshd.command.Task;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;

/** Carries out a command that needs neither user nor server. */
final class LocalRun implements Output, Running {
  private final Console console;
  private final List<Message> rows = new ArrayList<>();
  private Failure failure;
  private volatile boolean cancelled;

  private LocalRun(Console console) {
    this.console = console;
  }

  /** Returns the exit code. */
  static int execute(
      Invocation invocation,
      Task.Local task,
      Semaphore hashing,
      Console console,
      MemoryBudget.Share memory,
      Consumer<Running> started)
      throws Failure, IOException {
    LocalRun run = new LocalRun(console);
    started.accept(run);
    LocalContext context = new LocalContext(new PasswordSchemes(), hashing, console::in, run);
    long needed = task.memory(context);
    try (MemoryBudget.Share own = memory.share(memory.most())) {
      if (!own.tryTake(needed)) {
        throw new Failure(
            Outcome.TEMPORARY_FAILURE,
            "There is no memory for this at the moment (it takes %,d KiB); try again later"
                .formatted(needed / 1024));
      }
      return run.execute(invocation, task, context, memory);
    }
  }

  private int execute(
      Invocation invocation, Task.Local task, LocalContext context, MemoryBudget.Share memory)
      throws Failure, IOException {
    Printer printer =
        new Printer(
            memory,
            console,
            new Printer.Layout(
                invocation.formatter().orElse(task.defaultFormatter()),
                task.columns(),
                false,
                !invocation.hideTitles()));
    try {
      checkpoint();
      task.run(context);
    } finally {
      printer.finished(0, "", rows, 0);
      printer.end();
    }
    if (failure != null) {
      throw failure;
    }
    return 0;
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public void row(String mailbox, List<Value> values, List<InputStream> streams) {
    rows.add(new Message.Row(0, values));
  }

  @Override
  public void count(String what, long number) {}

  @Override
  public void progress(long done, long total) {}

  @Override
  public void log(Message.Log.Level level, String text) throws IOException {
    String line = "doveadm: " + Printable.line(text) + "\n";
    console.error().write(line.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void failed(Failure part) throws IOException {
    if (failure != null) {
      log(Message.Log.Level.ERROR, part.getMessage());
    } else {
      failure = part;
    }
  }

  @Override
  public boolean hasFailed() {
    return failure != null;
  }

  @Override
  public void checkpoint() throws Failure {
    if (cancelled) {
      throw new Failure(Outcome.CANCELLED, "Stopped");
    }
  }
}
