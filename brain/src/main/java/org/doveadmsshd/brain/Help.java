package org.doveadmsshd.brain;

import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.command.Manual;

/** The text of {@code doveadm help}. */
final class Help {
  private static final int LINE = 90;

  private Help() {}

  /** The list of commands. */
  static String overview() {
    StringBuilder text = new StringBuilder();
    text.append("usage: doveadm [-v] [-h] [-f <formatter>] <command> [options] [arguments]\n\n");
    for (Manual manual : CommandCatalog.manuals()) {
      text.append("  %-24s %s%n".formatted(manual.name(), manual.summary()));
    }
    text.append("\nBefore the command:\n");
    options(text, CommandLineOptions.GLOBAL);
    text.append("\nTo choose users, after every command about their mail:\n");
    options(text, CommandLineOptions.SELECTION);
    text.append(
        "\nOne user's failure does not stop the others. Exit code: 0 when all went well,\n");
    text.append("75 after a temporary failure, else that of the first failure.\n");
    return text.toString();
  }

  /** All about one command. */
  static String of(List<String> words) throws Failure {
    String name = String.join(" ", words);
    Optional<Command> found = CommandCatalog.find(name);
    Command command =
        found.orElseThrow(
            () -> Failure.usage("Unknown command: " + name + " (doveadm help lists them)"));
    StringBuilder text = new StringBuilder();
    String users = command.manual().isPerUser() ? " -u <user>|-A|-F <file>" : "";
    String options = command.manual().options().isEmpty() ? "" : " [options]";
    text.append("usage: doveadm ").append(command.name()).append(users).append(options);
    String synopsis = command.manual().synopsis().text();
    boolean fits = text.length() + synopsis.length() < LINE;
    text.append(fits ? " " : "\n         ").append(synopsis).append("\n\n");
    text.append(command.manual().summary()).append("\n\n").append(command.manual().description());
    if (!command.manual().options().isEmpty() || command.manual().isPerUser()) {
      text.append("\nOptions:\n");
      options(text, CommandLineOptions.behind(command.manual()));
    }
    text.append("\nIn scopes: ").append(command.manual().access().text()).append('\n');
    return text.toString();
  }

  private static void options(StringBuilder text, List<Option> options) {
    for (Option option : options) {
      text.append("  %-28s %s%n".formatted(option.usage(), option.help()));
    }
  }
}
