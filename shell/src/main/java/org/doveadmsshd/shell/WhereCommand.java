package org.doveadmsshd.shell;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.options.Program;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.RowOutput;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.Where;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.brain.placement.Placement;
import org.doveadmsshd.protocol.Limits;

/** {@code doveadm-ssh where}: says on which servers users are. */
final class WhereCommand {
  private static final Program PROGRAM = OwnCommands.program(OwnCommands.WHERE);
  private static final String FORMATTER = "table";

  private final ConfiguredServers servers;
  private final MemoryBudget.Share memory;
  private final Console console;

  WhereCommand(ConfiguredServers servers, MemoryBudget.Share memory, Console console) {
    this.servers = servers;
    this.memory = memory;
    this.console = console;
  }

  /**
   * Says it of the users that the words behind {@code where} name.
   *
   * @param general options before it: the format, and whether there are titles
   */
  int run(List<String> arguments, Words general) throws Failure, IOException {
    Words words = PROGRAM.parse(arguments);
    if (PROGRAM.tells(words, Limits.PROTOCOL)) {
      return 0;
    }
    List<String> users = new ArrayList<>(words.positionals());
    words.value("user").ifPresent(users::add);
    if (words.has("all-users")) {
      users.add(UserMask.ALL.text());
    }
    if (users.isEmpty()) {
      return PROGRAM.explain();
    }
    String formatter = general.value("formatter").orElse(FORMATTER);
    Formatters.check(formatter);
    List<Server> all = servers.named(List.of());
    Placement placement = servers.placement(memory);
    boolean titles = !general.has("hide-titles");
    try (RowOutput out = new RowOutput(console, memory, formatter, Where.COLUMNS, titles)) {
      Where where = new Where(all, placement, console, out);
      for (String user : users) {
        if (UserMask.hasWildcard(user)) {
          where.users(new UserMask(user));
        } else {
          where.user(user);
        }
      }
      return where.end();
    }
  }
}
