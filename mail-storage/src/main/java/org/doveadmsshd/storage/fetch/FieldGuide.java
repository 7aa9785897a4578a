package org.doveadmsshd.storage.fetch;

import java.util.ArrayList;
import java.util.List;

/** What help says of fields: a line for those that belong together, with a note beside it. */
final class FieldGuide {
  /** Where notes begin. */
  private static final int COLUMN = 30;

  private final List<Line> lines = new ArrayList<>();

  private record Line(List<String> names, String note) {}

  /**
   * Begins a line.
   *
   * @param note what its fields are; of several lines, or empty. It follows the names directly
   *     where they reach into its column
   */
  void line(String note) {
    lines.add(new Line(new ArrayList<>(), note));
  }

  /** Adds a field to the line that was begun last. */
  void add(String name) {
    lines.get(lines.size() - 1).names().add(name);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      String names = String.join(" ", line.names());
      boolean beside = names.length() < COLUMN && !line.note().isEmpty();
      text.append(names).append(beside ? " ".repeat(COLUMN - names.length()) : "");
      text.append(line.note().replace("\n", "\n" + " ".repeat(COLUMN))).append('\n');
    }
    return text.toString();
  }
}
