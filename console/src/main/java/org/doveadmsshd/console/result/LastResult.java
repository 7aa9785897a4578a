package org.doveadmsshd.console.result;

import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.format.Formatter;
import org.doveadmsshd.brain.format.FormatterFactory;

/**
 * The rows of the command of a session that was the last one to have any. Those before are
 * forgotten. Safe for several threads: a command that nobody waits for any more may go on beside
 * the next one.
 */
public final class LastResult implements AutoCloseable {
  private final MemoryBudget.Share memory;

  // guarded by this
  private RowKeeper last;
  private boolean closed;

  /**
   * @param memory draws the rows
   */
  public LastResult(MemoryBudget.Share memory) {
    this.memory = memory;
  }

  /** The console of a command whose rows are to be kept. */
  public Console keeping(Console console) {
    FormatterFactory formatters = console.formatters();
    return console.with(
        (name, columns, titles, sink) -> {
          Formatter printer = formatters.make(name, columns, titles, sink);
          MemoryBudget.Share own = memory.share(RowKeeper.MOST);
          return replace(new RowKeeper(name, columns, printer, own));
        });
  }

  private synchronized RowKeeper replace(RowKeeper keeper) {
    if (last != null) {
      last.close();
    }
    last = keeper;
    if (closed) {
      keeper.close();
    }
    return keeper;
  }

  /**
   * The result.
   *
   * @throws Failure when there is none, or it was too large
   */
  public synchronized Result get() throws Failure {
    if (last == null) {
      throw new Failure(Outcome.NOT_FOUND, "There is no result yet: run a command that prints one");
    }
    return last.result()
        .orElseThrow(
            () ->
                new Failure(
                    Outcome.NOT_FOUND,
                    "The last result was too large to be kept (%d MiB at most, less when memory is short); narrow the command and run it again"
                        .formatted(RowKeeper.MOST >> 20)));
  }

  /** Forgets it; commands that go on keep nothing. */
  @Override
  public synchronized void close() {
    closed = true;
    if (last != null) {
      last.close();
    }
  }
}
