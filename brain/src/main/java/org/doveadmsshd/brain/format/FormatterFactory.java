package org.doveadmsshd.brain.format;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.protocol.Column;

/** Makes the formatter of a run. */
@FunctionalInterface
public interface FormatterFactory {
  /**
   * @param name one of {@link org.doveadmsshd.command.CommandLineOptions#FORMATTERS}, or what a
   *     command has as its own
   * @param titles whether tab and table print headings
   * @throws Failure when it cannot print such columns; nothing has been printed then
   */
  Formatter make(String name, List<Column> columns, boolean titles, Formatter.Sink sink)
      throws Failure, IOException;
}
