package org.doveadmsshd.console.result;

import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.brain.format.Formatter;
import org.doveadmsshd.brain.format.FormatterFactory;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/**
 * The rows of a command that has ended. Immutable.
 *
 * @param formatter the one in which they were shown
 * @param rows a value for each column in each of them
 */
public record Result(String formatter, List<Column> columns, List<List<Value>> rows) {
  /**
   * Prints the rows.
   *
   * @param name of the formatter
   * @param cancelled asked before each row; the rows end there
   * @throws Failure when that formatter cannot print such columns
   */
  public void print(
      String name, FormatterFactory formatters, Formatter.Sink sink, BooleanSupplier cancelled)
      throws Failure, IOException {
    Formatter printer = formatters.make(name, columns, true, sink);
    printer.begin();
    for (List<Value> row : rows) {
      if (cancelled.getAsBoolean()) {
        break;
      }
      for (Value value : row) {
        printer.value(value);
      }
    }
    printer.end();
  }
}
