package org.doveadmsshd.command;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;

/** The options of a command line that are not a command's own. */
public final class CommandLineOptions {
  /** The formatters that may be chosen. */
  public static final List<String> FORMATTERS =
      List.of("flow", "tab", "table", "pager", "json", "ndjson");

  /** The forms in which it may be told how far a run is. */
  public static final List<String> PROGRESS = List.of("auto", "json", "none");

  /** Those before the command that are about the output, and settings. */
  public static final List<Option> OUTPUT =
      List.of(
          Option.of(
              'f',
              "formatter",
              Argument.choice("formatter", FORMATTERS),
              String.join(", ", FORMATTERS)),
          Option.flag('h', "hide-titles", "no headings (tab and table)"),
          Option.flag(
              'v',
              "verbose",
              "progress, a summary, and all that is said of many, on standard error"),
          Option.flag('D', "debug", "as -v"),
          Option.of(
                  'o',
                  "setting",
                  Kind.SETTING.named("name=value"),
                  "doveadm_worker_count=N: use N lanes; plugin/quota=…")
              .repeatable(),
          Option.of(
                  "progress",
                  Argument.choice("form", PROGRESS),
                  "auto: a bar at a terminal; json: for programs; none")
              .once());

  /** Some users before all others. */
  public static final Option CANARY =
      Option.of(
              "canary",
              Kind.NUMBER.named("number"),
              "so many users first; then ask, or go on if all were ok")
          .once();

  /** An order of chance. */
  public static final Option SHUFFLE =
      Option.of(
              "shuffle",
              Kind.NUMBER.named("seed"),
              "users in an order of chance; -v says the seed that gives it again")
          .onceOrBare();

  /** Those before the command that steer a run over several users. Each may stand once. */
  public static final List<Option> FLOW =
      List.of(
          Option.of(
                  "max-rate",
                  Kind.RATE.named("users"),
                  "begin so many users a second at most: 50, 0.5, 30/min")
              .once(),
          Option.of(
                  "max-load",
                  Kind.TEXT.named("load"),
                  "begin fewer users where the load average is above 4, the pressure above 30%")
              .once(),
          Option.of("limit", Kind.NUMBER.named("number"), "only the first so many users").once(),
          CANARY,
          Option.of(
                  "stop-after-failures",
                  Kind.NUMBER.named("number"),
                  "begin no further user when so many have failed")
              .once(),
          SHUFFLE,
          Option.flag("ordered", "print users strictly in the order of the list").once());

  /** Those before the command that say where a run is written down, and which one goes on. */
  public static final List<Option> JOURNAL =
      List.of(
          Option.of(
                  "journal",
                  Kind.FILE.named("file"),
                  "write a line for each user to this new file; --resume needs it")
              .once(),
          Option.flag("no-journal", "write no such lines, also not where that is usual"),
          Option.of(
                  "resume",
                  Kind.TEXT.named("run"),
                  "do what is left of a run: its id, last, or its journal")
              .once(),
          Option.of(
                  "only",
                  Kind.TEXT.named("outcomes"),
                  "with --resume: who ended so (failed,timed-out,unknown,missing …)")
              .once());

  /** Those before the command. */
  public static final List<Option> GLOBAL =
      Stream.of(OUTPUT, FLOW, JOURNAL).flatMap(List::stream).toList();

  /** Those behind every command that is carried out for users: for whom, and how. */
  public static final List<Option> SELECTION =
      List.of(
          Option.of(
              'u',
              "user",
              Kind.USER_MASK.named("user"),
              "this user, or all that match a mask with * or ?"),
          Option.flag('A', "all-users", "all users (that your scope covers)"),
          Option.of(
              'F',
              "file",
              Kind.FILE.named("file"),
              "users named in a file, a line each; - is standard input"),
          Option.of(
              "timeout", Kind.SPAN.named("time"), "give up on a user after this time: 30s, 5m"),
          Option.of(
              "deadline", Kind.SPAN.named("time"), "end the whole run after this time: 30m, 2h"),
          Option.flag("allow-empty", "it is no error when no user matches"));

  /** Of commands that can say what they would do. */
  public static final Option DRY_RUN =
      Option.flag("dry-run", "change nothing; count the mails that it is about");

  /** Behind commands that may take mails away. Only a shell or script asks; others ignore it. */
  public static final Option YES =
      Option.flag("yes", "take mails of several users away without asking (the shell asks)");

  /** Behind every command; other words, right or wrong, do not matter then. */
  public static final Option HELP = Option.flag("help", "say this, and do nothing");

  private CommandLineOptions() {}

  /** All that may stand behind a command: its own first. */
  public static List<Option> behind(Manual manual) {
    List<Option> options = new ArrayList<>(manual.options());
    if (manual.isPerUser()) {
      options.addAll(SELECTION);
      if (manual.mayTakeAway()) {
        options.add(YES);
      }
    }
    options.add(HELP);
    return options;
  }
}
