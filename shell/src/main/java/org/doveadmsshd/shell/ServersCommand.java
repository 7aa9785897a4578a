package org.doveadmsshd.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Nearest;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Times;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Health;
import org.doveadmsshd.brain.RowOutput;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.ServerState;
import org.doveadmsshd.brain.ServerState.Use;
import org.doveadmsshd.brain.Survey;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.brain.journal.JournalReader;
import org.doveadmsshd.brain.journal.Journals;
import org.doveadmsshd.brain.journal.ServerPace;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** {@code doveadm-ssh servers}: how the servers are, and which of them are to be used. */
final class ServersCommand {
  static final String NAME = "servers";
  static final String TIMEOUT = "timeout";
  static final String YES = "yes";

  private static final String LAST_RUN = "last";
  private static final String UNREACHABLE = "unreachable";
  private static final String USUAL_FORMATTER = "table";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Nobody minds a smaller difference between two clocks. */
  private static final Duration MOST_AHEAD = Duration.ofSeconds(5);

  private static final List<Column> COLUMNS =
      List.of(
          new Column("server"),
          new Column("state"),
          new Column("lanes", Column.RIGHT | Column.NUMBER),
          new Column("lanes-used", "used", Column.RIGHT | Column.NUMBER),
          new Column("users-per-s", "users/s", Column.RIGHT),
          new Column("round-trip-ms", "round trip ms", Column.RIGHT),
          new Column("clock-ahead-s", "clock ahead s", Column.RIGHT),
          new Column("version"),
          new Column("by"),
          new Column("since"),
          new Column("error"));

  /** A longer journal takes too long to read. */
  private static final long MOST_JOURNAL_BYTES = 32 * 1024 * 1024;

  private final ConfiguredServers servers;
  private final Journals journals;
  private final Executor executor;
  private final MemoryBudget.Share memory;
  private final Console console;

  /**
   * @param journals the last of them says how fast the servers are
   * @param executor runs what may block; must not limit its threads
   */
  ServersCommand(
      ConfiguredServers servers,
      Journals journals,
      Executor executor,
      MemoryBudget.Share memory,
      Console console) {
    this.servers = servers;
    this.journals = journals;
    this.executor = executor;
    this.memory = memory;
    this.console = console;
  }

  /** Has the servers that are asked how they are. */
  interface Asked {
    /**
     * @param names all when there are none
     */
    List<Server> named(List<String> names) throws Failure;
  }

  /**
   * Carries out what the words behind {@code servers} say.
   *
   * @param before the options before it
   * @param asked has those that are asked how they are
   */
  int run(Words before, Words words, Asked asked) throws Failure, IOException {
    List<String> names = words.positionals();
    Optional<Use> use = names.isEmpty() ? Optional.empty() : Use.of(names.get(0));
    if (use.isPresent()) {
      return set(use.get(), names.subList(1, names.size()), words.has(YES));
    }
    check(names);
    return show(before, words, asked.named(names));
  }

  /** Whether there are servers of these names. */
  private void check(List<String> names) throws Failure {
    List<String> known = servers.names();
    for (String name : names) {
      if (!known.contains(name)) {
        throw Failure.usage(
            "No server %s in the configuration%s; there are: %s"
                .formatted(name, Nearest.question(name, known), String.join(" ", known)));
      }
    }
  }

  private int set(Use use, List<String> names, boolean sure) throws Failure, IOException {
    if (names.isEmpty()) {
      throw Failure.usage(
          "servers " + use.word() + ": say which, by the names in the configuration");
    }
    check(names);
    List<String> said = new ArrayList<>();
    servers
        .states()
        .change(
            states -> {
              List<String> left = new ArrayList<>(servers.allNames());
              left.removeIf(name -> names.contains(name) || states.containsKey(name));
              if (use != Use.UP && left.isEmpty() && !sure) {
                throw Failure.usage(
                    "That would leave no server to work on; --yes behind it does it all the same");
              }
              for (String name : new LinkedHashSet<>(names)) {
                ServerState before = states.getOrDefault(name, ServerState.UP);
                boolean same = before.use() == use;
                if (!same && use == Use.UP) {
                  states.remove(name);
                } else if (!same) {
                  states.put(name, new ServerState(use, who(), Instant.now()));
                }
                said.add(
                    same
                        ? "%s: %s already%s".formatted(name, use.word(), since(before))
                        : "%s: %s, was %s%s"
                            .formatted(name, use.word(), before.use().word(), since(before)));
              }
            });
    for (String line : said) {
      print(line);
    }
    return 0;
  }

  private static String since(ServerState state) {
    return state.use() == Use.UP ? "" : " (%s, %s)".formatted(state.by(), state.time());
  }

  /** Who types, not whose rights he has taken on. */
  private static String who() {
    String user = System.getProperty("user.name");
    String behind = System.getenv().getOrDefault("SUDO_USER", "");
    return behind.isEmpty() ? user : behind;
  }

  private void print(String line) throws IOException {
    console.out().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    console.out().flush();
  }

  private int show(Words before, Words words, List<Server> asked) throws Failure, IOException {
    Optional<String> given = words.value(TIMEOUT);
    Duration patience =
        given.isEmpty()
            ? PATIENCE
            : Times.spanOrSeconds(given.get())
                .filter(span -> !span.isZero())
                .orElseThrow(
                    () -> Failure.usage("Invalid --timeout: " + given.get() + " (try 30s)"));
    String formatter = before.value("formatter").orElse(USUAL_FORMATTER);
    Formatters.check(formatter);
    List<Survey.Answer> answers = new Survey(executor, patience).of(asked);
    Map<String, ServerPace> paces = paces();
    List<List<Value>> rows = new ArrayList<>();
    for (Survey.Answer answer : answers) {
      rows.add(row(answer, Optional.ofNullable(paces.get(answer.server().name()))));
    }
    print(rows, formatter, !before.has("hide-titles"));
    int code = 0;
    for (Survey.Answer answer : answers) {
      warnOfClock(answer);
      code = answer.failure().isPresent() ? Outcome.UNREACHABLE.exitCode() : code;
    }
    return code;
  }

  private void print(List<List<Value>> rows, String formatter, boolean titles)
      throws Failure, IOException {
    try (RowOutput out = new RowOutput(console, memory, formatter, COLUMNS, titles)) {
      for (List<Value> row : rows) {
        out.row(row);
      }
    }
  }

  /** By servers, as far as the last run is known. */
  private Map<String, ServerPace> paces() {
    try {
      Path last = journals.find(LAST_RUN);
      if (Files.size(last) > MOST_JOURNAL_BYTES) {
        return Map.of();
      }
      try (JournalReader reader = JournalReader.open(last)) {
        return ServerPace.of(reader);
      }
    } catch (Failure | IOException e) {
      return Map.of(); // there is none, or it is damaged; runs says so
    }
  }

  private List<Value> row(Survey.Answer answer, Optional<ServerPace> pace) throws Failure {
    ServerState state = answer.state();
    Server server = answer.server();
    boolean lost = state.takesUsers() && answer.failure().isPresent();
    Optional<Health> health = answer.health();
    return List.of(
        Value.of(server.name()),
        Value.of(lost ? UNREACHABLE : state.use().word()),
        Value.of(servers.lanes(server.name())),
        value(pace.map(each -> Integer.toString(each.lanes()))),
        value(pace.map(each -> String.format(Locale.ROOT, "%.1f", each.usersPerSecond()))),
        value(health.map(each -> millis(each.roundTrip()))),
        value(health.flatMap(Health::ahead).map(ServersCommand::seconds)),
        value(health.map(Health::software)),
        Value.of(state.by()),
        Value.of(state.time()),
        Value.of(answer.failure().map(Failure::getMessage).orElse("")));
  }

  private static Value value(Optional<String> text) {
    return text.map(Value::of).orElse(Value.ABSENT);
  }

  private static String millis(Duration span) {
    return String.format(Locale.ROOT, "%.1f", span.toNanos() / 1e6);
  }

  private static String seconds(Duration span) {
    return String.format(Locale.ROOT, "%.3f", span.toMillis() / 1e3);
  }

  private void warnOfClock(Survey.Answer answer) throws IOException {
    Optional<Duration> ahead = answer.health().flatMap(Health::ahead);
    if (ahead.isPresent() && ahead.get().abs().compareTo(MOST_AHEAD) > 0) {
      Duration much = ahead.get().abs().truncatedTo(ChronoUnit.SECONDS);
      console.warn(
          "The clock of %s is %d s %s ours, and spans such as 30d count back from ours"
              .formatted(
                  answer.server().name(),
                  much.toSeconds(),
                  ahead.get().isNegative() ? "behind" : "ahead of"));
    }
  }
}
