package org.doveadmsshd.brain.progress;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.OptionalInt;

/** How far a run is, for programs: one line of JSON. */
public final class ProgressJson {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final double THOUSAND = 1000;

  private ProgressJson() {}

  /**
   * The line, without its end.
   *
   * @param exitCode of a run that has ended
   */
  public static String line(String command, Standing standing, OptionalInt exitCode)
      throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("progress", command);
      json.writeNumberField("seconds", rounded(standing.seconds()));
      part(json, standing.all());
      if (standing.users().isPresent()) {
        json.writeNumberField("users", standing.users().getAsLong());
      }
      if (standing.secondsLeft().isPresent()) {
        json.writeNumberField("seconds_left", rounded(standing.secondsLeft().getAsDouble()));
      }
      json.writeArrayFieldStart("servers");
      for (Standing.Part server : standing.servers()) {
        json.writeStartObject();
        json.writeStringField("name", server.name());
        part(json, server);
        json.writeEndObject();
      }
      json.writeEndArray();
      if (exitCode.isPresent()) {
        json.writeNumberField("exit_code", exitCode.getAsInt());
      }
      json.writeEndObject();
    }
    return text.toString();
  }

  private static void part(JsonGenerator json, Standing.Part part) throws IOException {
    json.writeNumberField("ended", part.ended());
    json.writeNumberField("failed", part.failed());
    json.writeNumberField("undone", part.undone());
    json.writeNumberField("per_second", rounded(part.perSecond()));
  }

  private static double rounded(double number) {
    return Math.round(number * THOUSAND) / THOUSAND;
  }
}
