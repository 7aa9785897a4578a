package org.doveadmsshd.brain.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.ShellWord;
import org.doveadmsshd.brain.journal.UserEnd;

/** The numbers of a report as fields of one object of JSON. Docs: docs/report.md. */
final class ReportJson {
  /** Classes of durations from one to its double, as the page draws them. */
  private static final int PER_OCTAVE = 4;

  private static final double PERCENT = 100;
  private static final double SECOND_MILLIS = 1000;

  private final JsonGenerator json;
  private final Report report;
  private final UnaryOperator<String> shown;

  /**
   * @param shown what becomes of texts that come from users and servers
   */
  ReportJson(JsonGenerator json, Report report, UnaryOperator<String> shown) {
    this.json = json;
    this.report = report;
    this.shown = shown;
  }

  /** One user of a list of all. */
  static void user(JsonGenerator json, UserEnd end) throws IOException {
    json.writeStartObject();
    json.writeStringField("user", end.user());
    json.writeStringField("server", end.server());
    json.writeNumberField("lane", end.lane());
    json.writeStringField("outcome", end.outcome().word());
    json.writeNumberField("exitCode", end.outcome().exitCode());
    json.writeStringField("text", end.text());
    json.writeObjectFieldStart("counts");
    for (Map.Entry<String, Long> count : end.counts().entrySet()) {
      json.writeNumberField(count.getKey(), count.getValue());
    }
    json.writeEndObject();
    json.writeNumberField("bytes", end.bytes());
    json.writeNumberField("begun", end.begunMillis());
    json.writeNumberField("micros", end.micros());
    json.writeNumberField("attempts", end.attempts());
    json.writeEndObject();
  }

  /** All but the users. */
  void numbers(String program, Instant made) throws IOException {
    json.writeStringField("program", program);
    json.writeStringField("made", made.toString());
    runs();
    total();
    outcomes();
    servers();
    failures();
    slowest();
    time();
    lanes();
    durations();
  }

  private void text(String name, String text) throws IOException {
    json.writeStringField(name, shown.apply(text));
  }

  private void runs() throws IOException {
    json.writeArrayFieldStart("runs");
    for (ReportRun run : report.runs()) {
      json.writeStartObject();
      text("journal", run.journal());
      text("command", run.header().command());
      List<String> words = run.header().arguments().stream().map(ShellWord::of).toList();
      text("line", String.join(" ", words));
      text("placement", run.header().placement());
      json.writeBooleanField("resumed", run.isResumed());
      json.writeBooleanField("last", run.isLast());
      text("program", run.program());
      text("master", run.master());
      text("host", run.host());
      json.writeNumberField("started", run.started().toEpochMilli());
      json.writeFieldName("ended");
      writeOrNull(run.ended() == null ? null : run.ended().toEpochMilli());
      json.writeFieldName("exitCode");
      writeOrNull(run.exitCode().isPresent() ? (long) run.exitCode().getAsInt() : null);
      json.writeNumberField("users", run.users());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void writeOrNull(Long number) throws IOException {
    if (number == null) {
      json.writeNull();
    } else {
      json.writeNumber(number);
    }
  }

  private void total() throws IOException {
    json.writeObjectFieldStart("total");
    json.writeNumberField("users", report.users());
    json.writeNumberField("failed", report.failed());
    json.writeNumberField("undone", report.undone());
    long placed = report.servers().stream().mapToLong(ServerNumbers::users).sum();
    json.writeNumberField("nowhere", report.users() - placed);
    json.writeNumberField("ends", report.ends());
    json.writeNumberField("bytes", report.bytes());
    json.writeNumberField("seconds", report.millis() / SECOND_MILLIS);
    Durations all = new Durations();
    all.addAll(report.durations());
    all.addAll(report.failedDurations());
    json.writeObjectFieldStart("percentiles");
    percentiles(all);
    json.writeEndObject();
    json.writeArrayFieldStart("counts");
    for (Map.Entry<String, Long> count : report.counts().entrySet()) {
      json.writeStartArray();
      json.writeString(shown.apply(count.getKey()));
      json.writeNumber(count.getValue());
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void percentiles(Durations durations) throws IOException {
    json.writeNumberField("p50", durations.percentile(0.5));
    json.writeNumberField("p90", durations.percentile(0.9));
    json.writeNumberField("p95", durations.percentile(0.95));
    json.writeNumberField("p99", durations.percentile(0.99));
    json.writeNumberField("p99.9", durations.percentile(0.999));
    json.writeNumberField("max", durations.most());
  }

  private void outcomes() throws IOException {
    json.writeArrayFieldStart("outcomes");
    for (Outcome outcome : Outcome.values()) {
      json.writeStartObject();
      json.writeStringField("word", outcome.word());
      json.writeNumberField("users", report.users(outcome));
      json.writeBooleanField("failed", Report.isFailure(outcome));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void servers() throws IOException {
    double seconds = Math.max(report.millis(), 1) / SECOND_MILLIS;
    json.writeArrayFieldStart("servers");
    for (ServerNumbers server : report.servers()) {
      json.writeStartObject();
      text("name", server.name());
      json.writeNumberField("users", server.users());
      json.writeNumberField("failed", server.failed());
      json.writeNumberField("perSecond", rounded(server.ends() / seconds));
      json.writeNumberField("bytes", server.bytes());
      percentiles(server.durations());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static double rounded(double number) {
    return Math.round(number * SECOND_MILLIS) / SECOND_MILLIS;
  }

  private void failures() throws IOException {
    json.writeArrayFieldStart("failures");
    for (FailureKinds.Kind kind : report.failures().all()) {
      json.writeStartObject();
      json.writeStringField("outcome", kind.outcome().word());
      text("text", kind.text());
      json.writeNumberField("count", kind.count());
      json.writeArrayFieldStart("users");
      for (String user : kind.users()) {
        json.writeString(shown.apply(user));
      }
      json.writeEndArray();
      json.writeArrayFieldStart("servers");
      for (Map.Entry<Integer, Long> server : kind.servers()) {
        json.writeStartArray();
        json.writeNumber(server.getKey());
        json.writeNumber(server.getValue());
        json.writeEndArray();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("failuresLeftOut", report.failures().leftOut());
  }

  private void slowest() throws IOException {
    json.writeArrayFieldStart("slowest");
    for (UserRows.Row row : report.slowest()) {
      json.writeStartObject();
      text("user", row.user());
      json.writeNumberField("server", row.server());
      json.writeStringField("outcome", row.outcome().word());
      json.writeNumberField("micros", row.micros());
      json.writeNumberField("bytes", row.bytes());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void time() throws IOException {
    json.writeObjectFieldStart("time");
    json.writeNumberField("bucketMillis", report.grid().millis());
    series("ok", report.endedWell());
    series("failed", report.failedEnds());
    json.writeArrayFieldStart("marks");
    for (Report.Mark mark : report.marks()) {
      json.writeStartObject();
      json.writeNumberField("at", mark.millis());
      text("text", mark.text());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void series(String name, float[] series) throws IOException {
    json.writeArrayFieldStart(name);
    for (int i = 0; i < report.grid().used(); i++) {
      json.writeNumber(Math.round(series[i]));
    }
    json.writeEndArray();
  }

  private void lanes() throws IOException {
    json.writeArrayFieldStart("lanes");
    for (Lanes.Lane lane : report.lanes().all()) {
      json.writeStartObject();
      json.writeNumberField("server", lane.server());
      json.writeNumberField("lane", lane.number());
      json.writeArrayFieldStart("busy");
      for (int i = 0; i < report.grid().used(); i++) {
        double part = lane.busy()[i] / report.grid().millis();
        json.writeNumber((int) Math.min(PERCENT, Math.round(part * PERCENT)));
      }
      json.writeEndArray();
      json.writeArrayFieldStart("failed");
      for (int i = 0; i < report.grid().used(); i++) {
        if (lane.failed()[i] > 0) {
          json.writeNumber(i);
        }
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("lanesLeftOut", report.lanes().leftOut());
  }

  private void durations() throws IOException {
    int first = 0;
    int end = Durations.classes(PER_OCTAVE);
    while (first < end && isEmpty(first)) {
      first++;
    }
    while (end > first && isEmpty(end - 1)) {
      end--;
    }
    json.writeObjectFieldStart("durations");
    json.writeNumberField("perOctave", PER_OCTAVE);
    json.writeNumberField("first", first);
    classes("ok", report.durations(), first, end);
    classes("failed", report.failedDurations(), first, end);
    json.writeEndObject();
  }

  private boolean isEmpty(int index) {
    return report.durations().count(PER_OCTAVE, index) == 0
        && report.failedDurations().count(PER_OCTAVE, index) == 0;
  }

  private void classes(String name, Durations durations, int first, int end) throws IOException {
    json.writeArrayFieldStart(name);
    for (int i = first; i < end; i++) {
      json.writeNumber(durations.count(PER_OCTAVE, i));
    }
    json.writeEndArray();
  }

  /** The users that were kept, as arrays of the same length. */
  void rows() throws IOException {
    List<UserRows.Row> rows = report.rows().rows();
    Map<String, Integer> texts = new LinkedHashMap<>();
    json.writeObjectFieldStart("rows");
    json.writeNumberField("failed", report.rows().failed());
    json.writeArrayFieldStart("user");
    for (UserRows.Row row : rows) {
      json.writeString(shown.apply(row.user()));
    }
    json.writeEndArray();
    numbers("server", rows, UserRows.Row::server);
    numbers("outcome", rows, row -> row.outcome().ordinal());
    numbers("micros", rows, UserRows.Row::micros);
    numbers("bytes", rows, UserRows.Row::bytes);
    numbers("attempts", rows, UserRows.Row::attempts);
    numbers("text", rows, row -> texts.computeIfAbsent(row.text(), any -> texts.size()));
    json.writeEndObject();
    json.writeArrayFieldStart("texts");
    for (String text : texts.keySet()) {
      json.writeString(shown.apply(text));
    }
    json.writeEndArray();
  }

  private interface Field {
    long of(UserRows.Row row);
  }

  private void numbers(String name, List<UserRows.Row> rows, Field field) throws IOException {
    json.writeArrayFieldStart(name);
    for (UserRows.Row row : rows) {
      json.writeNumber(field.of(row));
    }
    json.writeEndArray();
  }
}
