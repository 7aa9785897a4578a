package org.doveadmsshd.server.metrics;

import java.util.List;

/**
 * All metrics there are. Names follow Prometheus' conventions: what is counted, its unit, {@code
 * _total} for what only grows. The values of labels are of closed lists, or as many as the
 * configuration has sections: no name of a user, and nothing that comes from the network.
 */
public enum Metric {
  BUILD(
      "doveadm_build_info",
      Kind.GAUGE,
      "1; the labels say which version this is.",
      "version",
      "java"),
  START("process_start_time_seconds", Kind.GAUGE, "When the server started, seconds since 1970."),
  CONFIGURATION(
      "doveadm_configuration_load_timestamp_seconds",
      Kind.GAUGE,
      "When the configuration in force was read, seconds since 1970."),
  RUNS(
      "doveadm_runs_total",
      Kind.COUNTER,
      "Command lines over SSH that have ended, by command and exit code.",
      "command",
      "code"),
  RUN_SECONDS("doveadm_run_seconds", Kind.HISTOGRAM, "How long command lines took."),
  USERS(
      "doveadm_users_total",
      Kind.COUNTER,
      "Users that commands were carried out for, by what became of them.",
      "outcome"),
  USER_SECONDS("doveadm_user_seconds", Kind.HISTOGRAM, "How long the work on a user took."),
  LISTS("doveadm_user_lists_total", Kind.COUNTER, "Lists of users that were asked for.", "outcome"),
  LOGINS(
      "doveadm_logins_total",
      Kind.COUNTER,
      "Logins, and refused ones, by method. Keys that do not fit are not counted.",
      "method",
      "result"),
  LOGIN_SECONDS(
      "doveadm_login_seconds", Kind.HISTOGRAM, "From a connection to its login, typing included."),
  CONNECTIONS("doveadm_connections", Kind.GAUGE, "SSH connections now.", "login"),
  REFUSED("doveadm_connections_refused_total", Kind.COUNTER, "SSH connections that were too many."),
  SESSIONS(
      "doveadm_sessions", Kind.GAUGE, "What is open now: runs, lanes, shells and scripts.", "kind"),
  QUEUE("doveadm_queue_length", Kind.GAUGE, "Who waits for his turn now.", "queue"),
  RECEIVED("doveadm_received_bytes_total", Kind.COUNTER, "Bytes that came over SSH."),
  SENT("doveadm_sent_bytes_total", Kind.COUNTER, "Bytes that were sent over SSH."),
  WORKERS("doveadm_worker_processes", Kind.GAUGE, "Worker processes that work for the server now."),
  WORKERS_TAKEN(
      "doveadm_worker_processes_taken_total",
      Kind.COUNTER,
      "How often the supervisor has given a worker process."),
  WORKERS_LOST(
      "doveadm_worker_processes_lost_total",
      Kind.COUNTER,
      "Worker processes that ended before their work."),
  BACKEND_ANSWERS(
      "doveadm_backend_answers_total",
      Kind.COUNTER,
      "Questions to passdbs and userdbs since the configuration was read.",
      "backend",
      "result"),
  BACKEND_UP(
      "doveadm_backend_up",
      Kind.GAUGE,
      "Whether a passdb or userdb had an answer to the last question.",
      "backend"),
  SUPERVISOR_UP(
      "doveadm_supervisor_up",
      Kind.GAUGE,
      "Whether the last worker process that was asked for was given; absent without supervisor."),
  CERTIFICATE(
      "doveadm_host_certificate_expiry_timestamp_seconds",
      Kind.GAUGE,
      "When the host certificate ends, seconds since 1970; absent without one."),
  HEAP_USED("doveadm_heap_used_bytes", Kind.GAUGE, "Java heap in use, garbage included."),
  HEAP_MAX("doveadm_heap_max_bytes", Kind.GAUGE, "Java heap that there may be."),
  BUDGET_HELD("doveadm_budget_held_bytes", Kind.GAUGE, "Memory for what waits: in use."),
  BUDGET_MAX("doveadm_budget_max_bytes", Kind.GAUGE, "Memory for what waits: all there is.");

  private final String text;
  private final Kind kind;
  private final String help;
  private final List<String> labels;

  /** What a metric's values are. */
  public enum Kind {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }

  Metric(String text, Kind kind, String help, String... labels) {
    this.text = text;
    this.kind = kind;
    this.help = help;
    this.labels = List.of(labels);
  }

  /** As Prometheus knows it. */
  public String text() {
    return text;
  }

  public Kind kind() {
    return kind;
  }

  /** What it means, in one sentence. */
  public String help() {
    return help;
  }

  public List<String> labels() {
    return labels;
  }
}
