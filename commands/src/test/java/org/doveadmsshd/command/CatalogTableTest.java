package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.protocol.Column;
import org.junit.jupiter.api.Test;

/** What scripts and scopes rely on: {@code catalog.txt} has a line for every command. */
class CatalogTableTest {
  /** Lines of commands that are refused, or are not for users. */
  private static final Map<String, String> OTHERS = new LinkedHashMap<>();

  static {
    OTHERS.put("auth login", "jane");
    OTHERS.put("auth lookup", "jane");
    OTHERS.put("auth test", "jane");
    OTHERS.put("backup", "maildir:~/x");
    OTHERS.put("config", "");
    OTHERS.put("kick", "1");
    OTHERS.put("mailbox cache decision", "INBOX");
    OTHERS.put("mailbox cache remove", "all");
    OTHERS.put("mailbox metadata get", "INBOX /private/x");
    OTHERS.put("mailbox metadata list", "INBOX");
    OTHERS.put("mailbox metadata set", "INBOX /private/x y");
    OTHERS.put("mailbox metadata unset", "INBOX /private/x");
    OTHERS.put("mailbox mutf7", "x");
    OTHERS.put("pw", "");
    OTHERS.put("reload", "");
    OTHERS.put("runs", "");
    OTHERS.put("runs cancel", "last");
    OTHERS.put("runs show", "last");
    OTHERS.put("runs watch", "last");
    OTHERS.put("slow", "1 20");
    OTHERS.put("status", "");
    OTHERS.put("stop", "");
    OTHERS.put("sync", "maildir:~/x");
    OTHERS.put("user", "jane");
    OTHERS.put("who", "");
  }

  private static Map<String, String> lines() {
    Map<String, String> lines = new TreeMap<>();
    OTHERS.forEach((name, words) -> lines.put(name, (name + " " + words).strip()));
    CatalogLines.names()
        .forEach(name -> lines.put(name, String.join(" ", CatalogLines.line(name))));
    return lines;
  }

  /** {@code name | access | whose | again | formatter | reads | columns | also in scope}. */
  private static String described(String name, String line) {
    String access = CommandCatalog.find(name).orElseThrow().manual().access().text();
    try {
      Task task = Stage.prepare(List.of(Stage.words(line)), new ArrayList<>());
      String whose =
          task instanceof Task.OfUser ? "user" : task instanceof Task.OfServer ? "server" : "here";
      return String.join(
          " | ",
          name,
          access,
          whose,
          task.isRepeatable() ? "again" : "once",
          task.defaultFormatter(),
          task.input().orElse(""),
          String.join(" ", task.columns().stream().map(CatalogTableTest::described).toList()),
          String.join(", ", task.commands()));
    } catch (Failure e) {
      return String.join(" | ", name, access, "refused", e.outcome().toString());
    }
  }

  /** With {@code -} for one without a title, {@code #} for a number, {@code >} for a right one. */
  private static String described(Column column) {
    return column.key()
        + (column.has(Column.HIDE_TITLE) ? "-" : "")
        + (column.has(Column.NUMBER) ? "#" : "")
        + (column.has(Column.RIGHT) ? ">" : "")
        + (column.title().equals(column.key()) ? "" : "=" + column.title());
  }

  @Test
  void everyCommandIsAsScriptsKnowIt() throws IOException {
    try (InputStream in = CatalogTableTest.class.getResourceAsStream("catalog.txt")) {
      String expected = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<String> actual = new ArrayList<>();
      lines().forEach((name, line) -> actual.add(described(name, line).stripTrailing()));
      assertThat(actual).containsExactlyElementsOf(expected.lines().toList());
    }
  }

  @Test
  void everyCommandIsInTheTable() {
    assertThat(lines().keySet())
        .containsExactlyElementsOf(CommandCatalog.all().stream().map(Command::name).toList());
  }
}
