package org.doveadmsshd.command;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Every command there is. */
public final class CommandCatalog {
  private static final List<Command> COMMANDS =
      List.of(
          new ExpungeCommand(),
          new FetchCommand(),
          new MailboxListCommand(),
          new MailboxStatusCommand(),
          new SearchCommand(),
          new UserCommand(),
          new WhoCommand());

  private CommandCatalog() {}

  /** All commands, by name. */
  public static List<Command> all() {
    return COMMANDS;
  }

  /** The command of exactly that name. */
  public static Optional<Command> find(String name) {
    return COMMANDS.stream().filter(command -> command.name().equals(name)).findFirst();
  }

  /** The command that some words begin with, the longest name first. */
  public static Optional<Command> findAtStart(List<String> words) {
    return COMMANDS.stream()
        .filter(command -> startsWith(words, command))
        .max(Comparator.comparingInt(command -> command.name().length()));
  }

  private static boolean startsWith(List<String> words, Command command) {
    List<String> name = List.of(command.name().split(" "));
    return words.size() >= name.size() && words.subList(0, name.size()).equals(name);
  }
}
