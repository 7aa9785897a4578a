package org.doveadmsshd.brain.journal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Makes lines of JSON. Whatever a name or a text has in it, a line has no line end inside. */
final class JournalText {
  static final JsonFactory JSON = new JsonFactory();

  /** Longer texts are cut. */
  static final int MAX_TEXT = 1000;

  private final JsonGenerator json;

  /**
   * @param out takes whole lines when {@link #flush} is called
   */
  JournalText(OutputStream out) throws IOException {
    json = JSON.createGenerator(out);
    json.setPrettyPrinter(new MinimalPrettyPrinter("")); // nothing between two objects
    json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    json.enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8.mappedFeature());
  }

  void header(JournalHeader header) throws IOException {
    json.writeStartObject();
    json.writeNumberField("journal", JournalHeader.VERSION);
    json.writeStringField("id", header.id());
    json.writeStringField("program", header.program());
    json.writeStringField("command", header.command());
    json.writeArrayFieldStart("arguments");
    for (String word : header.arguments()) {
      json.writeString(whole(word));
    }
    json.writeEndArray();
    json.writeStringField("master", whole(header.master()));
    json.writeStringField("host", header.host());
    json.writeNumberField("process", header.process());
    json.writeStringField("started", header.started().toString());
    json.writeStringField("now", header.now().toString());
    json.writeStringField("placement", header.placement());
    json.writeBooleanField("changes", header.changes());
    json.writeBooleanField("each_server", header.eachServer());
    if (header.input().isPresent()) {
      json.writeStringField("input_sha256", header.input().get().sha256());
      json.writeNumberField("input_bytes", header.input().get().bytes());
    }
    endLine();
  }

  void user(int run, UserEnd end) throws IOException {
    json.writeStartObject();
    json.writeStringField("user", whole(end.user()));
    json.writeNumberField("run", run);
    json.writeNumberField("sequence", end.sequence());
    json.writeStringField("server", whole(end.server()));
    json.writeNumberField("lane", end.lane());
    json.writeStringField("outcome", end.outcome().word());
    json.writeNumberField("code", end.outcome().exitCode());
    if (!end.text().isEmpty()) {
      json.writeStringField("text", whole(end.text()));
    }
    json.writeObjectFieldStart("counts");
    for (Map.Entry<String, Long> count : end.counts().entrySet()) {
      json.writeNumberField(whole(count.getKey()), count.getValue());
    }
    json.writeEndObject();
    json.writeNumberField("bytes", end.bytes());
    json.writeNumberField("begun", end.begunMillis());
    json.writeNumberField("micros", end.micros());
    json.writeNumberField("attempts", end.attempts());
    endLine();
  }

  void resumed(JournalLine.Resumed line) throws IOException {
    json.writeStartObject();
    json.writeStringField("resumed", line.at().toString());
    json.writeNumberField("run", line.run());
    json.writeStringField("program", line.program());
    json.writeStringField("master", whole(line.master()));
    json.writeStringField("host", line.host());
    json.writeNumberField("process", line.process());
    endLine();
  }

  void ended(JournalLine.Ended line) throws IOException {
    json.writeStartObject();
    json.writeStringField("ended", line.at().toString());
    json.writeNumberField("run", line.run());
    json.writeNumberField("code", line.exitCode());
    json.writeNumberField("users", line.users());
    json.writeNumberField("failed", line.failed());
    endLine();
  }

  private void endLine() throws IOException {
    json.writeEndObject();
    json.writeRaw('\n');
  }

  void flush() throws IOException {
    json.flush();
  }

  /** Half a surrogate pair is no text: it becomes a question mark. */
  private static String whole(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      }
    }
    return text;
  }
}
