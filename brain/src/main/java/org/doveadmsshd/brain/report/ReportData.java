package org.doveadmsshd.brain.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.UnaryOperator;
import org.doveadmsshd.base.Failure;

/** A report for programs: first every user, then the numbers. Texts are as they were said. */
final class ReportData {
  private ReportData() {}

  static void write(ReportSource source, ReportForm.About about, OutputStream out)
      throws Failure, IOException {
    Report report = new Report(0);
    try (JsonGenerator json = generator(out)) {
      json.writeStartObject();
      json.writeNumberField("report", 1);
      json.writeArrayFieldStart("users");
      source.read(report, end -> ReportJson.user(json, end));
      json.writeEndArray();
      new ReportJson(json, report, UnaryOperator.identity()).numbers(about.program(), about.made());
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  private static JsonGenerator generator(OutputStream out) throws IOException {
    JsonGenerator json = new JsonFactory().createGenerator(out);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
    json.enable(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature());
    return json;
  }
}
