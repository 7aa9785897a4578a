package org.doveadmsshd.console.top;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.progress.StatusLines;

/** Asks servers what goes on there, and has them end something. Used by one thread. */
public final class Lookout {
  private static final String WHO = "who";
  private static final String ONLY = "";
  private static final List<String> KINDS = List.of("run", "lane");
  private static final int CANCELLED = Outcome.CANCELLED.exitCode();

  private final Commands commands;
  private final List<String> servers;
  private boolean interrupted;

  /** Carries out command lines. */
  @FunctionalInterface
  public interface Commands {
    /**
     * Carries out the words after {@code doveadm}.
     *
     * @param servers on which; none where there is nothing to choose
     * @return the exit code
     */
    int carryOut(List<String> words, List<String> servers, Console console) throws IOException;
  }

  /**
   * @param servers their names; none where there is nothing to choose
   */
  public Lookout(Commands commands, List<String> servers) {
    this.commands = commands;
    this.servers = servers.isEmpty() ? List.of(ONLY) : List.copyOf(servers);
  }

  /** Whether somebody has pressed Ctrl-C while it was waited for a server. */
  boolean isInterrupted() {
    return interrupted;
  }

  /** Looks at all servers. */
  Look look() throws IOException {
    List<Activity> activities = new ArrayList<>();
    Map<String, String> complaints = new HashMap<>();
    for (String server : servers) {
      List<ActivityRows> rows = new ArrayList<>();
      ByteArrayOutputStream error = new ByteArrayOutputStream();
      Console console =
          new Console(
              InputStream.nullInputStream(),
              new ByteArrayOutputStream(),
              error,
              StatusLines.NONE,
              false,
              (name, columns, titles, sink) -> {
                rows.add(new ActivityRows(columns));
                return rows.get(0);
              });
      int code = carryOut(List.of(WHO), server, console);
      rows.forEach(each -> activities.addAll(each.activities(server)));
      complaint(error, code).ifPresent(text -> complaints.put(server, text));
    }
    activities.removeIf(each -> each.isRun() && each.command().equals(WHO));
    activities.sort(Comparator.comparingInt(Lookout::rank)); // stable
    return new Look(System.nanoTime(), servers, activities, complaints);
  }

  private static int rank(Activity activity) {
    int rank = KINDS.indexOf(activity.kind());
    return rank < 0 ? KINDS.size() : rank;
  }

  private int carryOut(List<String> words, String server, Console console) throws IOException {
    int code = commands.carryOut(words, server.equals(ONLY) ? List.of() : List.of(server), console);
    interrupted |= code == CANCELLED;
    return code;
  }

  /** Has a server end something; says what has become of that. */
  String end(Activity activity) throws IOException {
    return tell(activity, List.of("kick", activity.id()), "Stopped");
  }

  /** Has a server slow a run down; says what has become of that. */
  String slow(Activity activity, String usersPerSecond) throws IOException {
    return tell(activity, List.of("slow", activity.id(), usersPerSecond), "Slowed down");
  }

  private String tell(Activity activity, List<String> words, String done) throws IOException {
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    Console console =
        new Console(
            InputStream.nullInputStream(),
            new ByteArrayOutputStream(),
            error,
            false,
            Console.DEFAULT_WIDTH);
    int code = carryOut(words, activity.server(), console);
    return complaint(error, code)
        .orElse("%s: %s %s".formatted(done, activity.kind(), activity.id()));
  }

  /** The last line that was said, or that something went wrong without one. */
  private static Optional<String> complaint(ByteArrayOutputStream error, int code) {
    List<String> lines = error.toString(StandardCharsets.UTF_8).lines().toList();
    if (lines.isEmpty()) {
      return code == 0 ? Optional.empty() : Optional.of("exit code " + code);
    }
    return Optional.of(Printable.line(lines.get(lines.size() - 1)));
  }
}
