package org.doveadmsshd.console.safety;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.Invocation;
import org.doveadmsshd.brain.UserSelection;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.command.Task;

/** A command line that takes mails of several users away, without {@code --yes}. */
public final class Removal {
  private final List<String> words;
  private final Invocation invocation;

  private Removal(List<String> words, Invocation invocation) {
    this.words = words;
    this.invocation = invocation;
  }

  /**
   * @param words after {@code doveadm}
   * @return nothing for any other line, and for one that is wrong: whoever carries it out says so
   */
  public static Optional<Removal> of(List<String> words) {
    try {
      Invocation invocation = Invocation.parse(words);
      boolean isAsked =
          invocation.users().isSeveral()
              && !invocation.words().has(CommandLineOptions.YES.name())
              && !invocation.words().has(CommandLineOptions.DRY_RUN.name());
      return isAsked && takesAway(invocation)
          ? Optional.of(new Removal(words, invocation))
          : Optional.empty();
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  private static boolean takesAway(Invocation invocation) throws Failure {
    Command command = invocation.command();
    Command.Time time = new Command.Time(Instant.now(), ZoneId::systemDefault);
    Task task = command.prepare(invocation.words(), time);
    return Stream.concat(Stream.of(command.name()), task.commands().stream())
        .flatMap(name -> CommandCatalog.find(name).stream())
        .anyMatch(each -> each.manual().access() == Access.DELETE);
  }

  /** Its name: {@code expunge}. */
  public String command() {
    return invocation.command().name();
  }

  /** The line that counts what would go, if there is one. */
  Optional<List<String>> dryRun() throws Failure {
    if (!invocation.command().manual().options().contains(CommandLineOptions.DRY_RUN)) {
      return Optional.empty();
    }
    int behindOptions =
        Words.parseUntilPositional("", CommandLineOptions.GLOBAL, words).positionals().size();
    List<String> options = words.subList(0, words.size() - behindOptions);
    List<String> line = withoutCanaries(options);
    line.addAll(words.subList(options.size(), words.size()));
    int behindName = line.size() - behindOptions + command().split(" ").length;
    line.add(behindName, "--" + CommandLineOptions.DRY_RUN.name());
    return Optional.of(line);
  }

  /** The mails of all are counted before canaries lose theirs. */
  private static List<String> withoutCanaries(List<String> options) {
    List<String> others = new ArrayList<>();
    for (int i = 0; i < options.size(); i++) {
      if (CommandLineOptions.CANARY.isWord(options.get(i))) {
        i++; // and the number behind it
      } else if (!options.get(i).startsWith("--" + CommandLineOptions.CANARY.name() + "=")) {
        others.add(options.get(i));
      }
    }
    return others;
  }

  /** Whose mails: {@code all users}. */
  String whose() {
    Whose whose = new Whose();
    try {
      invocation.users().accept(whose);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e); // nothing is read, and nothing waits
    }
    return whose.text;
  }

  /** Says in words which users are chosen. */
  private static final class Whose implements UserSelection.Visitor {
    private String text;

    @Override
    public void single(String name) {
      text = name;
    }

    @Override
    public void matching(UserMask mask) {
      text = mask.equals(UserMask.ALL) ? "all users" : "all users that match " + mask.text();
    }

    @Override
    public void listed(String file) {
      text = "the users that stand in " + file;
    }

    @Override
    public void none() {
      text = "no user";
    }
  }
}
