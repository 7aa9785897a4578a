package org.doveadmsshd.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.console.script.Script;

/** The catalog of statements. */
public final class Statements {
  private static final List<Statement> ALL =
      List.of(
          new UseStatement(),
          new SetStatement(),
          new UnsetStatement(),
          new TopStatement(),
          new LastStatement(),
          new WatchStatement(),
          new ExplainStatement(),
          new LeaveStatement("exit"),
          new LeaveStatement("quit"));

  private Statements() {}

  /** All there are. */
  public static List<Statement> all() {
    return ALL;
  }

  /** What help says of them, and of the one that only scripts have. */
  public static About.Section section() {
    List<Manual> manuals = new ArrayList<>(ALL.stream().map(Statement::manual).toList());
    manuals.add(Script.ON_ERROR);
    return new About.Section("In the shell (ssh -t) and in scripts (ssh -T)", "", manuals);
  }

  /** The one of that name. */
  public static Optional<Statement> find(String name) {
    return ALL.stream().filter(statement -> statement.manual().name().equals(name)).findFirst();
  }
}
