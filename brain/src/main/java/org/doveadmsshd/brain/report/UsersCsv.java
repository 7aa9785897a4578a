package org.doveadmsshd.brain.report;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.brain.journal.UserEnd;

/**
 * A line for each user. A text that a spreadsheet would take for a formula has an apostrophe before
 * it, as names of users and texts of servers are a stranger's.
 */
final class UsersCsv {
  private static final String TITLES =
      "user,server,lane,outcome,exit_code,text,counts,bytes,begun,seconds,attempts\r\n";

  private static final String FORMULA = "=+-@\t\r";
  private static final double SECOND_MICROS = 1e6;

  private UsersCsv() {}

  static void write(ReportSource source, OutputStream out) throws Failure, IOException {
    Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    text.write(TITLES);
    source.read(new Report(0), end -> text.write(line(end)));
    text.flush();
  }

  private static String line(UserEnd end) {
    StringJoiner counts = new StringJoiner("; ");
    end.counts().forEach((what, number) -> counts.add(what + ": " + number));
    boolean asked = end.attempts() > 0 && end.begunMillis() > 0;
    return String.join(
            ",",
            List.of(
                cell(end.user()),
                cell(end.server()),
                end.lane() < 0 ? "" : "" + end.lane(),
                end.outcome().word(),
                "" + end.outcome().exitCode(),
                cell(end.text()),
                cell(counts.toString()),
                "" + end.bytes(),
                asked ? Instant.ofEpochMilli(end.begunMillis()).toString() : "",
                asked ? String.format(Locale.ROOT, "%.6f", end.micros() / SECOND_MICROS) : "",
                "" + end.attempts()))
        + "\r\n";
  }

  private static String cell(String text) {
    boolean formula = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0;
    String safe = formula ? "'" + text : text;
    boolean plain = safe.chars().noneMatch(c -> c == ',' || c == '"' || c < ' ' || c == 0x7f);
    return plain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
  }
}
