package org.doveadmsshd.server.metrics;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.doveadmsshd.auth.sasl.Mechanisms;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.audit.AuditEvent;

/**
 * Counts what is accounted for, on its way to the audit log: so that runs, users and logins are
 * counted where they end, and nowhere else. Safe for several threads; counting takes no lock.
 */
public final class ServerMetrics implements Audit {
  /** Methods of logins; others, which a later version may have, are one. */
  private static final Set<String> METHODS =
      Set.of("publickey", "certificate", "password", "socket");

  private static final String OTHER = "other";

  private final Audit audit;
  private final Gauges gauges;
  private final Map<Metric, Counter> counters = new EnumMap<>(Metric.class);
  private final Map<Metric, Histogram> histograms = new EnumMap<>(Metric.class);

  /** By exit code and outcome: no label is made anew for each user. */
  private final Map<String, List<String>> outcomes = new HashMap<>();

  /** Numbers of the moment. */
  @FunctionalInterface
  public interface Gauges {
    /** Tells them; must not wait. */
    void tell(Teller teller);
  }

  /** Takes numbers of the moment. */
  @FunctionalInterface
  public interface Teller {
    /**
     * Takes a number.
     *
     * @param labels a value for each label of the metric
     */
    void tell(Metric metric, double value, String... labels);
  }

  /**
   * @param audit what is counted goes on to
   */
  public ServerMetrics(Audit audit, Gauges gauges) {
    this.audit = audit;
    this.gauges = gauges;
    for (Metric metric : List.of(Metric.RUNS, Metric.USERS, Metric.LISTS, Metric.LOGINS)) {
      counters.put(metric, new Counter());
    }
    for (Metric metric : List.of(Metric.RUN_SECONDS, Metric.USER_SECONDS, Metric.LOGIN_SECONDS)) {
      histograms.put(metric, new Histogram());
    }
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(outcome.word(), List.of(outcome.word()));
    }
  }

  @Override
  public void check() throws Failure {
    audit.check();
  }

  @Override
  public void note(AuditEvent event) throws Failure {
    count(event);
    audit.note(event);
  }

  private void count(AuditEvent event) {
    switch (event.kind()) {
      case "command" -> {
        String code = Integer.toString(event.exit());
        counters.get(Metric.RUNS).count(List.of(command(event.arguments()), code));
        histograms.get(Metric.RUN_SECONDS).note(event.micros());
      }
      case "user" -> countUser(event);
      case "list" -> counters.get(Metric.LISTS).count(outcome(event));
      case "login" -> {
        String result = event.exit() == 0 ? "ok" : "refused";
        counters.get(Metric.LOGINS).count(List.of(method(event.login().method()), result));
      }
      default -> throw new IllegalArgumentException(event.kind());
    }
  }

  /** A command about the server as a whole is carried out for no user. */
  private void countUser(AuditEvent event) {
    if (!event.user().isEmpty()) {
      counters.get(Metric.USERS).count(outcome(event));
      histograms.get(Metric.USER_SECONDS).note(event.micros());
    }
  }

  private List<String> outcome(AuditEvent event) {
    return outcomes.getOrDefault(event.outcome(), List.of(OTHER));
  }

  /** The command of a line: the first words of it that are one. */
  private static String command(List<String> words) {
    for (int i = 0; i < Math.min(words.size(), 20); i++) {
      String command =
          CommandCatalog.findAtStart(words.subList(i, words.size())).map(Command::name).orElse("");
      if (!command.isEmpty()) {
        return command;
      }
    }
    return OTHER;
  }

  /** {@code publickey SHA256:…} and the like, without what comes from the client. */
  private static String method(String text) {
    String first = text.split(" ", 2)[0];
    boolean both = text.contains(" and password");
    if (both) {
      return "publickey,password";
    }
    return METHODS.contains(first) || Mechanisms.NAMES.contains(first) ? first : OTHER;
  }

  /**
   * Notes how long a login has taken.
   *
   * @param micros since the connection was made
   */
  public void loggedIn(long micros) {
    histograms.get(Metric.LOGIN_SECONDS).note(micros);
  }

  /** All of them as text. */
  String text() {
    Exposition text = new Exposition();
    Map<Metric, Map<List<String>, Double>> now = new EnumMap<>(Metric.class);
    gauges.tell(
        (metric, value, labels) ->
            now.computeIfAbsent(metric, each -> new LinkedHashMap<>()).put(List.of(labels), value));
    for (Metric metric : Metric.values()) {
      if (histograms.containsKey(metric)) {
        text.add(metric, histograms.get(metric));
      } else if (counters.containsKey(metric)) {
        counters.get(metric).counts().forEach((labels, count) -> text.add(metric, labels, count));
      } else {
        now.getOrDefault(metric, Map.of())
            .forEach((labels, value) -> text.add(metric, labels, value));
      }
    }
    return text.toString();
  }
}
