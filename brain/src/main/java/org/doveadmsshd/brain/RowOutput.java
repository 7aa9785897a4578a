package org.doveadmsshd.brain;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;

/**
 * Rows of a command that no worker carries out, in the format that was chosen. They are printed as
 * they come, and to the end when it is closed. One thread.
 */
public final class RowOutput implements Closeable {
  private final Printer printer;

  /**
   * @param memory draws nothing that stays
   * @throws Failure when there is no such formatter
   */
  public RowOutput(
      Console console,
      MemoryBudget.Share memory,
      String formatter,
      List<Column> columns,
      boolean titles)
      throws Failure, IOException {
    Printer.Layout layout = new Printer.Layout(formatter, columns, false, titles);
    printer = new Printer(memory, console.guarded(), layout);
  }

  /**
   * Prints a row.
   *
   * @param values one for each column
   */
  public void row(List<Value> values) throws IOException {
    printer.print("", new Message.Row(0, values));
  }

  /** Ends the output; without a row it has been in vain, and there is no heading. */
  @Override
  public void close() throws IOException {
    printer.end(true);
  }
}
