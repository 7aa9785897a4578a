package org.doveadmsshd.brain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Nearest;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Times;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.brain.progress.ProgressForm;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.command.Manual;

/**
 * A command line, checked as far as that is possible without asking a server.
 *
 * @param formatter chosen with -f
 * @param hideTitles -h
 * @param verbose -v
 * @param flow how a run over several users is to go
 * @param lanes most lanes to use for each server; 0 for as many as there are
 * @param words of the command, without the options that choose users
 * @param deadline longest time for one user; zero for none
 * @param runDeadline longest time for all of them; zero for none
 * @param allowEmpty whether it is no error when no user matches
 * @param progress in which form it is told how far the command is
 * @param journal what it says of journals
 * @param line the words of an equal command line that says nothing of journals
 */
public record Invocation(
    Optional<String> formatter,
    boolean hideTitles,
    boolean verbose,
    Flow flow,
    int lanes,
    Command command,
    Words words,
    UserSelection users,
    Duration deadline,
    Duration runDeadline,
    boolean allowEmpty,
    ProgressForm progress,
    JournalOptions journal,
    List<String> line) {

  private static final String QUOTA = "plugin/quota=";

  /** How quotas are counted here in any case. */
  private static final String VSIZES = "plugin/quota_vsizes=yes";

  private static final Pattern WORKER_COUNT = Pattern.compile("doveadm_worker_count=([0-9]{1,4})");

  /** A command for users does not say for which. */
  public static final class NobodyChosenException extends Failure {
    NobodyChosenException(String message) {
      super(Outcome.USAGE, message);
    }
  }

  /**
   * Reads the words after {@code doveadm}.
   *
   * @throws Failure that says what is wrong with them
   */
  public static Invocation parse(List<String> line) throws Failure {
    Words global = Words.parseUntilPositional("", CommandLineOptions.GLOBAL, line);
    Optional<String> formatter = global.value("formatter");
    if (formatter.isPresent()) {
      Formatters.check(formatter.get());
    }
    List<String> rest = global.positionals();
    Command command = CommandCatalog.findAtStart(rest).orElseThrow(() -> unknownCommand(rest));
    List<String> after = rest.subList(command.name().split(" ").length, rest.size());
    Words words = withSettings(words(command, after), command, global);
    UserSelection users =
        command.manual().isPerUser() ? users(command, words) : new UserSelection.None();
    return new Invocation(
        formatter,
        global.has("hide-titles"),
        global.has("verbose") || global.has("debug"),
        Flow.parse(global, users),
        lanes(global),
        command,
        words,
        users,
        span(words, "timeout"),
        span(words, "deadline"),
        words.has("allow-empty"),
        ProgressForm.of(global.value("progress").orElse("auto")),
        JournalOptions.of(global),
        line(global, command, words));
  }

  private static List<String> line(Words global, Command command, Words words) {
    List<String> line = new ArrayList<>();
    List<Option> before =
        CommandLineOptions.GLOBAL.stream()
            .filter(option -> !CommandLineOptions.JOURNAL.contains(option))
            .toList();
    line.addAll(new Words(global.options(), List.of()).forwarded(before));
    line.remove(line.size() - 1); // what ends the options
    line.addAll(List.of(command.name().split(" ")));
    List<String> behind = words.forwarded(CommandLineOptions.behind(command.manual()));
    boolean odd = words.positionals().stream().anyMatch(word -> word.startsWith("-"));
    int end = behind.size() - words.positionals().size() - 1;
    line.addAll(behind.subList(0, odd ? end + 1 : end));
    line.addAll(words.positionals());
    return line;
  }

  /** Whether it does the same to the same users, however it is shown, and however fast. */
  boolean isSameAs(Invocation other) {
    return command.name().equals(other.command.name())
        && users.equals(other.users)
        && words.positionals().equals(other.words.positionals())
        && ownOptions().equals(other.ownOptions());
  }

  private Map<String, String> ownOptions() {
    Map<String, String> own = new LinkedHashMap<>(words.options());
    own.keySet().retainAll(command.manual().options().stream().map(Option::name).toList());
    return own;
  }

  /** Whether it may change what users have. */
  boolean changes() {
    return !command.manual().onlyReads() && !words.has(CommandLineOptions.DRY_RUN.name());
  }

  /** Options and arguments of the command. */
  private static Words words(Command command, List<String> after) throws Failure {
    List<Option> known = CommandLineOptions.behind(command.manual());
    try {
      return command.permutesOptions()
          ? Words.parse(command.name(), known, after)
          : Words.parseUntilPositional(command.name(), known, after);
    } catch (Failure e) {
      throw misplaced(command, after).orElse(e);
    }
  }

  /** What is wrong when an option of all commands stands behind one. */
  private static Optional<Failure> misplaced(Command command, List<String> after) {
    for (String word : after) {
      String name = word.replaceFirst("(?s)=.*", "");
      if (CommandLineOptions.FLOW.stream().anyMatch(option -> option.isWord(name))) {
        return Optional.of(
            Failure.usage(
                "%s stands before the command: doveadm %s … %s"
                    .formatted(name, name, command.name())));
      }
    }
    return Optional.empty();
  }

  /** The words from the command on; all of them when there is a mistake before it. */
  static List<String> withoutGlobalOptions(List<String> line) {
    try {
      return Words.parseUntilPositional("", CommandLineOptions.GLOBAL, line).positionals();
    } catch (Failure e) {
      return line;
    }
  }

  /** The run to go on with, where no command is typed. */
  static Optional<String> resumedAlone(List<String> line) throws Failure {
    Words global = Words.parseUntilPositional("", CommandLineOptions.GLOBAL, line);
    return global.positionals().isEmpty() ? global.value("resume") : Optional.empty();
  }

  /** The words of an earlier line, with the options of one that has no command. */
  static List<String> resumed(List<String> typed, List<String> earlier) throws Failure {
    Words first = Words.parseUntilPositional("", CommandLineOptions.GLOBAL, earlier);
    Map<String, String> options = new LinkedHashMap<>(first.options());
    options.putAll(Words.parseUntilPositional("", CommandLineOptions.GLOBAL, typed).options());
    return new Words(options, first.positionals()).forwarded(CommandLineOptions.GLOBAL);
  }

  private static Failure unknownCommand(List<String> words) {
    if (words.isEmpty()) {
      return Failure.usage("Missing command; doveadm help lists them");
    }
    List<String> longer =
        CommandCatalog.all().stream()
            .map(Command::name)
            .filter(name -> name.startsWith(words.get(0) + " "))
            .toList();
    if (!longer.isEmpty()) {
      String name = words.size() > 1 ? words.get(0) + " " + words.get(1) : words.get(0);
      return Failure.usage(
          "Unknown command: %s%s (there are: %s)"
              .formatted(name, Nearest.question(name, longer), String.join(", ", longer)));
    }
    Optional<String> elsewhere = CommandCatalog.elsewhere(words.get(0));
    if (elsewhere.isPresent()) {
      return Failure.usage(
          "Unknown command: %s (it is typed %s)".formatted(words.get(0), elsewhere.get()));
    }
    List<String> known = CommandCatalog.manuals().stream().map(Manual::name).toList();
    return Failure.usage(
        "Unknown command: %s%s (doveadm help lists them)"
            .formatted(words.get(0), Nearest.question(words.get(0), known)));
  }

  private static UserSelection users(Command command, Words words) throws Failure {
    List<UserSelection> chosen = new ArrayList<>();
    if (words.has("all-users")) {
      chosen.add(new UserSelection.Matching(UserMask.ALL));
    }
    if (!words.value("user").map(UserName::isPossible).orElse(true)) {
      throw Failure.usage("-u: " + UserName.explanation(words.value("user").orElse("")));
    }
    words.value("file").ifPresent(file -> chosen.add(new UserSelection.Listed(file)));
    words
        .value("user")
        .ifPresent(
            user ->
                chosen.add(
                    UserMask.hasWildcard(user)
                        ? new UserSelection.Matching(new UserMask(user))
                        : new UserSelection.Single(user)));
    if (chosen.size() != 1) {
      String text = ": say for whom, with one of -u <user or mask>, -A or -F <file>";
      throw chosen.isEmpty()
          ? new NobodyChosenException(command.name() + text)
          : Failure.usage(command.name() + text);
    }
    return chosen.get(0);
  }

  private static List<String> settings(Words global) {
    return global.value("setting").map(all -> List.of(all.split(Option.AGAIN))).orElse(List.of());
  }

  private static int lanes(Words global) {
    int lanes = 0;
    for (String setting : settings(global)) {
      Matcher matcher = WORKER_COUNT.matcher(setting);
      lanes = matcher.matches() ? Integer.parseInt(matcher.group(1)) : lanes;
    }
    return lanes;
  }

  /** Makes options of the command of those settings that are about it; refuses others. */
  private static Words withSettings(Words words, Command command, Words global) throws Failure {
    Map<String, String> options = new LinkedHashMap<>(words.options());
    for (String setting : settings(global)) {
      boolean quota =
          setting.startsWith(QUOTA)
              && command.manual().options().stream().anyMatch(o -> o.name().equals("quota"));
      if (quota) {
        options.put("quota", setting.substring(QUOTA.length()));
      } else if (!WORKER_COUNT.matcher(setting).matches() && !setting.equals(VSIZES)) {
        throw Failure.usage("Setting can't be changed on the command line: " + setting);
      }
    }
    return new Words(options, words.positionals());
  }

  private static Duration span(Words words, String option) throws Failure {
    if (!words.has(option)) {
      return Duration.ZERO;
    }
    String text = words.value(option).orElse("");
    return Times.spanOrSeconds(text)
        .orElseThrow(
            () -> Failure.usage("Invalid --%s: %s (try 30s or 5m)".formatted(option, text)));
  }
}
