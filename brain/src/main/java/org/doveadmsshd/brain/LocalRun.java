package org.doveadmsshd.brain;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.command.Output;
import org.doveadmsshd.command.Task;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;

/** Carries out a command that needs neither user nor server. */
final class LocalRun implements Output {
  private final Console console;
  private final List<Message> rows = new ArrayList<>();
  private Failure failure;

  private LocalRun(Console console) {
    this.console = console;
  }

  /** Returns the exit code. */
  static int execute(
      Invocation invocation, Task.Local task, Console console, MemoryBudget.Share memory)
      throws Failure, IOException {
    Printer printer =
        new Printer(
            memory,
            console.out(),
            invocation.formatter().orElse(task.defaultFormatter()),
            task.columns(),
            false,
            !invocation.hideTitles(),
            console.width());
    LocalRun run = new LocalRun(console);
    try {
      task.run(console::in, run);
    } finally {
      printer.finished(0, "", run.rows, 0);
      printer.end();
    }
    if (run.failure != null) {
      throw run.failure;
    }
    return 0;
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
    console.error().write(("doveadm: " + text + "\n").getBytes(StandardCharsets.UTF_8));
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
  public void checkpoint() {}
}
