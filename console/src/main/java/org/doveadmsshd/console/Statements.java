package org.doveadmsshd.console;

import java.util.List;
import java.util.Optional;

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

  /** The one of that name. */
  public static Optional<Statement> find(String name) {
    return ALL.stream().filter(statement -> statement.manual().name().equals(name)).findFirst();
  }
}
