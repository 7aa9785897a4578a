package org.doveadmsshd.brain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;

/**
 * Rows that a program makes itself, printed as those of commands are.
 *
 * @param columns what each row has
 * @param rows all of them
 */
public record Table(List<Column> columns, List<List<Value>> rows) {
  public Table {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /**
   * Prints it.
   *
   * @param formatter one that there is
   * @param titles whether columns have titles
   * @throws Failure when that formatter cannot show these columns; nothing is printed then
   * @throws IOException when the console is gone
   */
  public void print(Console console, String formatter, boolean titles, MemoryBudget.Share memory)
      throws Failure, IOException {
    Printer printer =
        new Printer(
            memory, console.guarded(), new Printer.Layout(formatter, columns, false, titles));
    List<Message> messages = new ArrayList<>();
    rows.forEach(values -> messages.add(new Message.Row(0, values)));
    printer.finished(0, "", messages, 0);
    printer.end();
  }
}
