package org.doveadmsshd.brain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Nearest;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.command.Terms;

/** What {@code help} says. A name that several have is explained for each: commands come first. */
public final class Help {
  private static final int LINE = 90;

  private static final String DOVEADM = "doveadm ";

  /** Asks for help, in place of a command or behind one. */
  private static final String OPTION = "--help";

  private final List<About.Section> sections = new ArrayList<>();

  public Help(About about) {
    sections.addAll(about.own());
    for (CommandCatalog.Section section : CommandCatalog.sections()) {
      List<Manual> manuals = section.commands().stream().map(Command::manual).toList();
      sections.add(new About.Section(section.title(), DOVEADM, manuals));
    }
    int last = sections.size() - 1;
    List<Manual> general = CommandCatalog.answeredWhereTyped();
    sections.add(last, new About.Section("Help", DOVEADM, general));
  }

  /**
   * What words ask help for, by {@code help} or by {@code --help}, however wrong they are
   * otherwise; nothing when they do not.
   *
   * @param line without right options before the command
   */
  static Optional<List<String>> topic(List<String> line) {
    int end = line.indexOf("--");
    List<String> words = new ArrayList<>(end < 0 ? line : line.subList(0, end));
    boolean asks = words.removeIf(OPTION::equals);
    if (!words.isEmpty() && words.get(0).equals(CommandCatalog.HELP.name())) {
      return Optional.of(words.subList(1, words.size()));
    }
    if (!asks || line.get(0).equals(OPTION)) {
      return asks ? Optional.of(words) : Optional.empty();
    }
    for (int i = 0; i < words.size(); i++) {
      Optional<Command> command = CommandCatalog.findAtStart(words.subList(i, words.size()));
      if (command.isPresent()) {
        return Optional.of(List.of(command.get().name().split(" ")));
      }
    }
    return Optional.of(words.stream().filter(word -> !word.startsWith("-")).limit(1).toList());
  }

  /** What the words behind {@code help} are about; all commands when there are none. */
  public String about(List<String> words) throws Failure {
    return words.isEmpty() ? overview() : of(words);
  }

  /** The list of commands. */
  private String overview() {
    StringBuilder text = new StringBuilder();
    text.append(
        "usage: doveadm [-v] [-h] [-f <formatter>] [...] <command> [options] [arguments]\n");
    for (About.Section section : sections) {
      text.append('\n').append(section.title()).append('\n');
      summaries(text, section.manuals());
    }
    text.append("\nBefore the command\n");
    options(text, CommandLineOptions.OUTPUT);
    text.append("\nBefore the command, too: how a run over several users goes\n");
    options(text, CommandLineOptions.FLOW);
    text.append("\nBefore the command, too: where it is written down how users ended\n");
    options(text, CommandLineOptions.JOURNAL);
    text.append("\nBehind every command about the mail of users: for whom, and how\n");
    options(text, CommandLineOptions.SELECTION);
    text.append(
        """

        doveadm <command> --help says all of a command; help search keys and help fetch fields
        list what queries and fetch are made of, and help savedbefore explains one of them.
        One user's failure does not stop the others. Exit code: 0 when all went well,
        75 after a temporary failure, else that of the first failure.
        """);
    return text.toString();
  }

  /** All about one command, or all that has this name. */
  private String of(List<String> words) throws Failure {
    String name = String.join(" ", words);
    List<String> pages = new ArrayList<>();
    page(name).ifPresent(pages::add);
    pages.addAll(Terms.pages(words));
    if (pages.isEmpty()) {
      family(name).ifPresent(pages::add);
    }
    if (pages.isEmpty()) {
      throw unknown(name);
    }
    return String.join("\n", pages);
  }

  private Failure unknown(String name) {
    Optional<String> elsewhere = CommandCatalog.elsewhere(name);
    if (elsewhere.isPresent()) {
      return Failure.usage("No help on %s here: it is typed %s".formatted(name, elsewhere.get()));
    }
    List<String> known = new ArrayList<>(Terms.names());
    sections.forEach(each -> each.manuals().forEach(manual -> known.add(manual.name())));
    return Failure.usage(
        "Unknown command, search key or field: %s%s (doveadm help lists the commands)"
            .formatted(name, Nearest.question(name, known)));
  }

  private Optional<String> page(String name) {
    for (About.Section section : sections) {
      for (Manual manual : section.manuals()) {
        if (manual.name().equals(name)) {
          return Optional.of(page(section.prefix(), manual));
        }
      }
    }
    return Optional.empty();
  }

  private static String page(String prefix, Manual manual) {
    StringBuilder text = new StringBuilder();
    String users = manual.isPerUser() ? " -u <user>|-A|-F <file>" : "";
    String options = manual.options().isEmpty() ? "" : " [options]";
    text.append("usage: ").append(prefix).append(manual.name()).append(users).append(options);
    String synopsis = manual.synopsis().text();
    boolean fits = text.length() + synopsis.length() < LINE;
    text.append(synopsis.isEmpty() ? "" : fits ? " " : "\n         ").append(synopsis);
    text.append("\n\n").append(manual.summary()).append("\n\n").append(manual.description());
    text.append("\nOptions:\n");
    options(text, CommandLineOptions.behind(manual));
    if (CommandCatalog.find(manual.name()).isPresent()) {
      text.append("\nIn scopes: ").append(manual.access().text()).append('\n');
    }
    return text.toString();
  }

  /** Commands of two words of which the first is given, such as those about mailboxes. */
  private Optional<String> family(String first) {
    List<Manual> members =
        sections.stream()
            .flatMap(section -> section.manuals().stream())
            .filter(manual -> manual.name().startsWith(first + " "))
            .collect(Collectors.toList());
    if (members.isEmpty()) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder("Commands:\n");
    summaries(text, members);
    return Optional.of(text.toString());
  }

  private static void summaries(StringBuilder text, List<Manual> manuals) {
    for (Manual manual : manuals) {
      text.append("  %-24s %s%n".formatted(manual.name(), manual.summary()));
    }
  }

  private static void options(StringBuilder text, List<Option> options) {
    for (Option option : options) {
      text.append("  %-28s %s%n".formatted(option.usage(), option.help()));
    }
  }
}
