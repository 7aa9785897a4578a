package org.doveadmsshd.console.top;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import org.doveadmsshd.base.TextWidth;

/** Lines that show a look, none wider than the screen. */
final class ActivityTable {
  /** A command is shown with at least so many columns, as long as others can be left out. */
  private static final int COMMAND = 24;

  private static final int HOUR = 3600;

  private final Look look;
  private final Paces paces;
  private final int width;

  /**
   * A column of the table.
   *
   * @param order in which columns are left out where there is no room: the highest one first, 0 for
   *     never; others are also left out where nothing stands in them
   */
  private record Column(
      String title, int order, boolean isNumber, BiFunction<Activity, Paces, String> value) {}

  private static final List<Column> COLUMNS =
      List.of(
          new Column("server", 2, false, (each, paces) -> each.server()),
          new Column("id", 0, true, (each, paces) -> each.id()),
          new Column("kind", 5, false, (each, paces) -> each.kind()),
          new Column("master", 4, false, (each, paces) -> each.master()),
          new Column("address", 7, false, (each, paces) -> each.address()),
          new Column("time", 6, true, (each, paces) -> span(each.seconds())),
          new Column("done", 0, true, (each, paces) -> "%,d".formatted(each.done())),
          new Column("users", 3, true, (each, paces) -> users(each)),
          new Column("per s", 0, true, (each, paces) -> pace(paces.of(each))),
          new Column("left", 1, true, (each, paces) -> left(paces.secondsLeft(each))),
          new Column("failed", 0, true, (each, paces) -> "%,d".formatted(each.failed())),
          new Column("command", 0, false, (each, paces) -> each.command()));

  /**
   * @param width of the screen, in columns
   */
  ActivityTable(Look look, Paces paces, int width) {
    this.look = look;
    this.paces = paces;
    this.width = width;
  }

  /** A line for each server that sums it up, or says why there is nothing to sum up. */
  List<String> summary() {
    return look.servers().stream().map(server -> TextWidth.cut(summary(server), width)).toList();
  }

  private String summary(String server) {
    String name = server.isEmpty() ? "" : server + ": ";
    String complaint = look.complaints().get(server);
    if (complaint != null) {
      return name + complaint;
    }
    List<Activity> there =
        look.activities().stream().filter(each -> each.server().equals(server)).toList();
    long runs = there.stream().filter(Activity::isRun).count();
    long lanes = there.stream().filter(Activity::isLane).count();
    long busy = there.stream().filter(each -> each.isLane() && each.isBusy()).count();
    return "%s%s, %s (%d busy), %s, %s users/s, %,d failed"
        .formatted(
            name,
            count(runs, "run"),
            count(lanes, "lane"),
            busy,
            count(there.size() - runs - lanes, "shell"),
            pace(there.stream().mapToDouble(paces::of).sum()),
            there.stream().mapToLong(Activity::failed).sum());
  }

  private static String count(long number, String what) {
    return number == 1 ? "1 " + what : "%,d %ss".formatted(number, what);
  }

  /** The heading, and a line for each activity. */
  List<String> rows() {
    List<Column> columns = new ArrayList<>(COLUMNS);
    columns.removeIf(column -> column.order() > 0 && isEmpty(column));
    while (narrowest(columns) > width && leaveOut(columns)) {
      // until the rest fits
    }
    int[] widths = columns.stream().mapToInt(this::width).toArray();
    List<String> lines = new ArrayList<>();
    lines.add(line(columns.stream().map(Column::title).toList(), columns, widths));
    for (Activity each : look.activities()) {
      lines.add(line(cells(each, columns), columns, widths));
    }
    return lines;
  }

  private List<String> cells(Activity activity, List<Column> columns) {
    return columns.stream().map(column -> column.value().apply(activity, paces)).toList();
  }

  private boolean isEmpty(Column column) {
    return look.activities().stream().allMatch(each -> column.value().apply(each, paces).isEmpty());
  }

  private int width(Column column) {
    return look.activities().stream()
        .mapToInt(each -> TextWidth.of(column.value().apply(each, paces)))
        .reduce(column.title().length(), Math::max);
  }

  private int narrowest(List<Column> columns) {
    int before = columns.subList(0, columns.size() - 1).stream().mapToInt(this::width).sum();
    return before + columns.size() - 1 + COMMAND;
  }

  private static boolean leaveOut(List<Column> columns) {
    Column least = columns.get(0);
    for (Column each : columns) {
      least = each.order() > least.order() ? each : least;
    }
    return least.order() > 0 && columns.remove(least);
  }

  private String line(List<String> cells, List<Column> columns, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String padding = " ".repeat(Math.max(0, widths[i] - TextWidth.of(cells.get(i))));
      line.append(i > 0 ? " " : "");
      line.append(columns.get(i).isNumber() ? padding + cells.get(i) : cells.get(i) + padding);
    }
    return TextWidth.cut(line.toString().stripTrailing(), width);
  }

  private static String users(Activity activity) {
    OptionalLong users = activity.users();
    return users.isPresent() ? "%,d".formatted(users.getAsLong()) : "";
  }

  private static String pace(double pace) {
    return pace < 10 ? String.format(Locale.ROOT, "%.1f", pace) : "%,.0f".formatted(pace);
  }

  private static String left(OptionalLong seconds) {
    return seconds.isPresent() ? span(seconds.getAsLong()) : "";
  }

  /** Minutes and seconds, and hours where there are any. */
  private static String span(long seconds) {
    return seconds < HOUR
        ? "%d:%02d".formatted(seconds / 60, seconds % 60)
        : "%d:%02d:%02d".formatted(seconds / HOUR, seconds / 60 % 60, seconds % 60);
  }
}
