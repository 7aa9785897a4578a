package org.doveadmsshd.brain.format;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.protocol.Column;

/** The formatters by name. */
public final class Formatters {
  /** The formatter whose rows always name user and mailbox. */
  public static final String NDJSON = "ndjson";

  private Formatters() {}

  /**
   * @throws Failure with doveadm's exit code, 75, for a name that is none
   */
  public static void check(String name) throws Failure {
    if (!CommandLineOptions.FORMATTERS.contains(name)) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE,
          "Unknown formatter: "
              + name
              + " (there are: "
              + String.join(" ", CommandLineOptions.FORMATTERS)
              + ")");
    }
  }

  /**
   * Makes a formatter.
   *
   * @param titles whether tab and table print headings
   * @param lineWidth what table has room for, in characters
   * @throws Failure when it cannot print such columns
   */
  public static Formatter of(
      String name, List<Column> columns, Formatter.Sink sink, boolean titles, int lineWidth)
      throws Failure, IOException {
    return switch (name) {
      case "flow" -> new FlowFormatter(columns, sink);
      case "tab" -> new TabFormatter(columns, sink, titles);
      case "table" -> new TableFormatter(columns, sink, titles, lineWidth);
      case "pager" -> new PagerFormatter(columns, sink);
      case "json" -> new JsonFormatter(columns, sink);
      case NDJSON -> new NdjsonFormatter(columns, sink);
      case "user" -> new UserFormatter(columns, sink);
      default -> throw new IllegalArgumentException(name);
    };
  }
}
