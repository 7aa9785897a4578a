package org.doveadmsshd.shell;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.RowOutput;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.Where;
import org.doveadmsshd.brain.placement.Placement;

/** {@code doveadm-ssh where}: says on which servers users are. */
final class WhereCommand {
  private static final String FORMATTER = "table";

  private final List<Server> servers;
  private final Placement placement;
  private final MemoryBudget.Share memory;
  private final Console console;

  WhereCommand(
      List<Server> servers, Placement placement, MemoryBudget.Share memory, Console console) {
    this.servers = servers;
    this.placement = placement;
    this.memory = memory;
    this.console = console;
  }

  /** Whom the words behind {@code where} are about: names and masks. */
  static List<String> users(Words words) throws Failure {
    List<String> users = new ArrayList<>(words.positionals());
    words.value("user").ifPresent(users::add);
    if (words.has("all-users")) {
      users.add(UserMask.ALL.text());
    }
    if (users.isEmpty()) {
      throw Failure.usage("where: say of whom, by names or masks, or with -A");
    }
    return users;
  }

  /**
   * Says it.
   *
   * @param users as {@link #users} has them
   * @param general options before the command: the format, and whether there are titles
   * @param stop whether nothing more is wanted
   * @return the exit code
   */
  int run(List<String> users, Words general, BooleanSupplier stop) throws Failure, IOException {
    String formatter = general.value("formatter").orElse(FORMATTER);
    boolean titles = !general.has("hide-titles");
    try (RowOutput out = new RowOutput(console, memory, formatter, Where.COLUMNS, titles)) {
      Where where = new Where(servers, placement, console, out);
      for (int i = 0; i < users.size() && !stop.getAsBoolean(); i++) {
        if (UserMask.hasWildcard(users.get(i))) {
          where.users(new UserMask(users.get(i)));
        } else {
          where.user(users.get(i));
        }
      }
      return where.end();
    }
  }
}
