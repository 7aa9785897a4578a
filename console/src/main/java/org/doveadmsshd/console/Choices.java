package org.doveadmsshd.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.CommandLineOptions;

/**
 * What has been chosen for all commands that follow, as far as they do not say it themselves.
 *
 * @param users a mail user, or a mask for several; {@link #ALL} for all of them
 * @param format a formatter
 * @param timeout longest time for one user, as {@code --timeout} has it
 * @param servers names of those to work on; all when there are none
 * @param colors whether anything is shown in colour
 * @param pager whether what is longer than the screen is shown a screen at a time
 */
public record Choices(
    Optional<String> users,
    Optional<String> format,
    Optional<String> timeout,
    List<String> servers,
    boolean colors,
    boolean pager) {
  /** Stands for all users. */
  public static final String ALL = "*";

  /** Nothing has been chosen. */
  public static final Choices NONE =
      new Choices(Optional.empty(), Optional.empty(), Optional.empty(), List.of(), true, true);

  public Choices {
    servers = List.copyOf(servers);
  }

  Choices withUsers(Optional<String> chosen) {
    return new Choices(chosen, format, timeout, servers, colors, pager);
  }

  Choices withFormat(Optional<String> chosen) {
    return new Choices(users, chosen, timeout, servers, colors, pager);
  }

  Choices withTimeout(Optional<String> chosen) {
    return new Choices(users, format, chosen, servers, colors, pager);
  }

  Choices withServers(List<String> chosen) {
    return new Choices(users, format, timeout, chosen, colors, pager);
  }

  Choices withColors(boolean chosen) {
    return new Choices(users, format, timeout, servers, chosen, pager);
  }

  Choices withPager(boolean chosen) {
    return new Choices(users, format, timeout, servers, colors, chosen);
  }

  /**
   * The words after {@code doveadm} with what they leave open. Words that are no command stay as
   * they are: whoever carries them out says what is wrong.
   */
  public List<String> applied(List<String> words) {
    try {
      Words global = Words.parseUntilPositional("", CommandLineOptions.GLOBAL, words);
      List<String> rest = global.positionals();
      Optional<Command> command = CommandCatalog.findAtStart(rest);
      return command.isPresent() ? applied(words, global, command.get()) : words;
    } catch (Failure e) {
      return words;
    }
  }

  private List<String> applied(List<String> words, Words global, Command command) throws Failure {
    int name = words.size() - global.positionals().size();
    int end = name + command.name().split(" ").length;
    List<String> line = formatted(words.subList(0, end), global);
    if (command.manual().isPerUser()) {
      line.addAll(missing(command, words.subList(end, words.size())));
    }
    line.addAll(words.subList(end, words.size()));
    return line;
  }

  /**
   * Words with the format that is chosen.
   *
   * @param global the options that stand before their command
   */
  List<String> formatted(List<String> words, Words global) {
    List<String> line = new ArrayList<>();
    if (format.isPresent() && !global.has("formatter")) {
      line.addAll(List.of("-f", format.get()));
    }
    line.addAll(words);
    return line;
  }

  /** The options that a command for users lacks. */
  private List<String> missing(Command command, List<String> behind) throws Failure {
    var known = CommandLineOptions.behind(command.manual());
    Words given =
        command.permutesOptions()
            ? Words.parse(command.name(), known, behind)
            : Words.parseUntilPositional(command.name(), known, behind);
    List<String> options = new ArrayList<>();
    boolean named = given.has("user") || given.has("all-users") || given.has("file");
    if (users.isPresent() && !named) {
      options.addAll(users.get().equals(ALL) ? List.of("-A") : List.of("-u", users.get()));
    }
    if (timeout.isPresent() && !given.has("timeout")) {
      options.addAll(List.of("--timeout", timeout.get()));
    }
    return options;
  }
}
