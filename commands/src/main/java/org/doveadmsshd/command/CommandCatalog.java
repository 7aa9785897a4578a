package org.doveadmsshd.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Syntax;

/** Every command there is. */
public final class CommandCatalog {
  private static final List<Command> COMMANDS = sorted();

  private static final Map<String, Command> BY_NAME =
      COMMANDS.stream().collect(Collectors.toUnmodifiableMap(Command::name, Function.identity()));

  /** Words of the longest name. */
  private static final int MOST_WORDS =
      COMMANDS.stream().mapToInt(command -> command.name().split(" ").length).max().orElse(1);

  private static final Syntax OF_HELP = Syntax.maybe(Kind.TOPIC.named("topic"));

  /**
   * Of {@code help}, which is no {@link Command}: it is answered where it is typed, needs no scope,
   * and no worker knows it.
   */
  public static final Manual HELP =
      new Manual(
          "help",
          OF_HELP,
          "explain a command, a search key or a field: help " + OF_HELP.text(),
          "Without the name of a command all of them are listed.\n",
          List.of(),
          false,
          Access.READ);

  private static List<Command> sorted() {
    List<Command> commands = new ArrayList<>(NotOnMaildirCommand.all());
    commands.addAll(
        List.of(
            new AuthCommand(AuthCommand.Kind.LOGIN),
            new AuthCommand(AuthCommand.Kind.LOOKUP),
            new AuthCommand(AuthCommand.Kind.TEST),
            new BatchCommand(),
            new ControlCommand(ControlCommand.Kind.CONFIG),
            new ControlCommand(ControlCommand.Kind.RELOAD),
            new ControlCommand(ControlCommand.Kind.STOP),
            new CopyCommand(false),
            new CopyCommand(true),
            new DeduplicateCommand(),
            new ExpungeCommand(),
            new FetchCommand(),
            new FlagsCommand(FlagsCommand.Change.ADD),
            new FlagsCommand(FlagsCommand.Change.REMOVE),
            new FlagsCommand(FlagsCommand.Change.REPLACE),
            new ImportCommand(),
            new KickCommand(),
            new MailboxCachePurgeCommand(),
            new MailboxCreateCommand(),
            new MailboxDeleteCommand(),
            new MailboxListCommand(),
            new MailboxMutf7Command(),
            new MailboxPathCommand(),
            new MailboxRenameCommand(),
            new MailboxStatusCommand(),
            new MailboxSubscribeCommand(false),
            new MailboxSubscribeCommand(true),
            new MailboxUpdateCommand(),
            new PwCommand(),
            new QuotaCommand(false),
            new QuotaCommand(true),
            new RebuildAttachmentsCommand(),
            new ResyncCommand(false),
            new ResyncCommand(true),
            new SaveCommand(),
            new SearchCommand(),
            new UserCommand(),
            new WhoCommand()));
    commands.sort((one, other) -> one.name().compareTo(other.name()));
    return List.copyOf(commands);
  }

  private CommandCatalog() {}

  /** All commands, by name. */
  public static List<Command> all() {
    return COMMANDS;
  }

  /** What there is to know of all words that a line may begin with: of commands, and of help. */
  public static List<Manual> manuals() {
    List<Manual> manuals = new ArrayList<>(COMMANDS.stream().map(Command::manual).toList());
    manuals.add(HELP);
    return manuals;
  }

  /** The words that a scope may name: commands, and kinds of them. */
  public static List<String> scopeWords() {
    List<String> words = new ArrayList<>(COMMANDS.stream().map(Command::name).toList());
    for (Access access : Access.values()) {
      words.add(access.text());
    }
    return words;
  }

  /** The command of exactly that name. */
  public static Optional<Command> find(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** The command that some words begin with, the longest name first. */
  public static Optional<Command> findAtStart(List<String> words) {
    for (int count = Math.min(MOST_WORDS, words.size()); count > 0; count--) {
      Command command = BY_NAME.get(String.join(" ", words.subList(0, count)));
      if (command != null) {
        return Optional.of(command);
      }
    }
    return Optional.empty();
  }
}
