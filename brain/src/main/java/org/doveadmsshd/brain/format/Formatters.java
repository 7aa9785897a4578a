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

  /** The formatter that prints a value a line. */
  public static final String PAGER = "pager";

  private static final String TABLE = "table";

  /** Columns of the rule between two rows. */
  private static final int RULE = 40;

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
   * Those of doveadm, byte for byte.
   *
   * @param lineWidth what table has room for, in characters
   */
  public static FormatterFactory plain(int lineWidth) {
    return (name, columns, titles, sink) ->
        name.equals(TABLE)
            ? new TableFormatter(columns, sink, titles, lineWidth)
            : of(name, columns, titles, sink);
  }

  /**
   * As {@link #plain}, for a terminal: tables fit into its lines, and what separates rows can be
   * seen.
   *
   * @param columns of the terminal
   */
  public static FormatterFactory fitting(int columns) {
    return (name, all, titles, sink) ->
        switch (name) {
          case TABLE -> new FittingTableFormatter(all, sink, titles, columns);
          case PAGER -> new PagerFormatter(all, sink, "─".repeat(Math.min(columns, RULE)) + "\n");
          default -> of(name, all, titles, sink);
        };
  }

  private static Formatter of(
      String name, List<Column> columns, boolean titles, Formatter.Sink sink) throws IOException {
    return switch (name) {
      case "flow" -> new FlowFormatter(columns, sink);
      case "tab" -> new TabFormatter(columns, sink, titles);
      case PAGER -> new PagerFormatter(columns, sink, "\f\n");
      case "json" -> new JsonFormatter(columns, sink);
      case NDJSON -> new NdjsonFormatter(columns, sink);
      case "user" -> new UserFormatter(columns, sink);
      default -> throw new IllegalArgumentException(name);
    };
  }
}
