package org.doveadmsshd.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Syntax;

/** Every command there is. */
public final class CommandCatalog {
  private static final List<Section> SECTIONS =
      List.of(
          section("Look at mail", new FetchCommand(), new SearchCommand(), new CheckMailCommand()),
          section(
              "Change mail",
              new FlagsCommand(FlagsCommand.Change.ADD),
              new FlagsCommand(FlagsCommand.Change.REMOVE),
              new FlagsCommand(FlagsCommand.Change.REPLACE),
              new CopyCommand(false),
              new CopyCommand(true),
              new ExpungeCommand(),
              new DeduplicateCommand(),
              new SaveCommand(),
              new ImportCommand(),
              new RebuildAttachmentsCommand(),
              new BatchCommand()),
          section(
              "Mailboxes",
              new MailboxListCommand(),
              new MailboxStatusCommand(),
              new MailboxPathCommand(),
              new MailboxCreateCommand(),
              new MailboxDeleteCommand(),
              new MailboxRenameCommand(),
              new MailboxSubscribeCommand(true),
              new MailboxSubscribeCommand(false),
              new MailboxUpdateCommand(),
              new MailboxMutf7Command(),
              new MailboxCachePurgeCommand(),
              new ResyncCommand(false),
              new ResyncCommand(true)),
          section(
              "Users and quota",
              new UserCommand(),
              new QuotaCommand(false),
              new QuotaCommand(true)),
          section(
              "Master users and passwords",
              new AuthCommand(AuthCommand.Kind.LOGIN),
              new AuthCommand(AuthCommand.Kind.LOOKUP),
              new AuthCommand(AuthCommand.Kind.TEST),
              new PwCommand()),
          section(
              "Servers",
              new StatusCommand(),
              new WhoCommand(),
              new KickCommand(),
              new SlowCommand(),
              new RunsCommand(RunsCommand.Kind.LIST),
              new RunsCommand(RunsCommand.Kind.SHOW),
              new RunsCommand(RunsCommand.Kind.WATCH),
              new RunsCommand(RunsCommand.Kind.CANCEL),
              new ControlCommand(ControlCommand.Kind.CONFIG),
              new ControlCommand(ControlCommand.Kind.RELOAD),
              new ControlCommand(ControlCommand.Kind.STOP)),
          new Section(
              "Not on Maildir: nothing to do, or not implemented", NotOnMaildirCommand.all()));

  private static final List<Command> COMMANDS =
      SECTIONS.stream()
          .flatMap(section -> section.commands().stream())
          .sorted(Comparator.comparing(Command::name))
          .toList();

  private static final Map<String, Command> BY_NAME =
      COMMANDS.stream().collect(Collectors.toUnmodifiableMap(Command::name, Function.identity()));

  /** What the program doveadm-ssh has besides commands; where it has not, it is told of. */
  private static final List<String> OF_DOVEADM_SSH =
      List.of("servers", "where", "trust", "keygen", "run", "report", "completion");

  /** Words of the longest name. */
  private static final int MOST_WORDS =
      COMMANDS.stream().mapToInt(command -> command.name().split(" ").length).max().orElse(1);

  /** Of {@code help}, which needs no scope. */
  public static final Manual HELP =
      general(
          "help",
          Syntax.maybe(Kind.TOPIC.named("topic")),
          "explain a command, a search key or a fetch field",
          """
          Without a topic all commands are listed. A topic is a command (expunge, mailbox list), a
          search key (savedbefore), a fetch field (size.virtual), or one of: search keys,
          mimepart keys, fetch fields. doveadm <command> --help says the same of a command.
          """);

  /** Of {@code version}, which needs no scope. */
  public static final Manual VERSION =
      general(
          "version",
          Syntax.NOTHING,
          "tell which version this is",
          """
          Tells the version of the program, of the protocol that it speaks, of Java and of libraries;
          in doveadm-ssh also what each server says of itself.
          """);

  /**
   * Commands that serve the same purpose, as help lists them.
   *
   * @param title what one wants
   */
  public record Section(String title, List<Command> commands) {
    public Section {
      commands = List.copyOf(commands);
    }
  }

  private static Section section(String title, Command... commands) {
    return new Section(title, List.of(commands));
  }

  private static Manual general(String name, Syntax synopsis, String summary, String text) {
    return new Manual(name, synopsis, summary, text, List.of(), false, Access.READ);
  }

  private CommandCatalog() {}

  /** All commands, by name. */
  public static List<Command> all() {
    return COMMANDS;
  }

  /** All commands, by what they are for; those that Maildir has no use for come last. */
  public static List<Section> sections() {
    return SECTIONS;
  }

  /**
   * What is no {@link Command}: it is answered where it is typed, needs no scope, and no worker
   * knows it.
   */
  public static List<Manual> answeredWhereTyped() {
    return List.of(HELP, VERSION);
  }

  /** Where somebody has to type a word that is no command here, if that is known. */
  public static Optional<String> elsewhere(String word) {
    return OF_DOVEADM_SSH.contains(word)
        ? Optional.of("on an administrator's machine, as a command line: doveadm-ssh " + word)
        : Optional.empty();
  }

  /** What there is to know of all words that a line may begin with. */
  public static List<Manual> manuals() {
    List<Manual> manuals = new ArrayList<>(COMMANDS.stream().map(Command::manual).toList());
    manuals.addAll(answeredWhereTyped());
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
