package org.doveadmsshd.brain.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** A journal as a test wants it. */
final class SampleJournal implements AutoCloseable {
  static final Instant START = Instant.parse("2026-03-01T03:00:00Z");

  private static final JsonFactory JSON = new JsonFactory();

  private final Path path;
  private final Writer out;
  private int run = 1;
  private long sequence;

  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  /** One that is begun by this line: {@code expunge -A mailbox 'Trash can'}. */
  SampleJournal(Path path) throws IOException {
    this.path = path;
    out = new BufferedWriter(Files.newBufferedWriter(path));
    line(
        json -> {
          json.writeNumberField("journal", 1);
          json.writeStringField("id", "1");
          json.writeStringField("program", "doveadm-ssh 0.1");
          json.writeStringField("command", "expunge");
          json.writeArrayFieldStart("arguments");
          for (String word : new String[] {"expunge", "-A", "mailbox", "Trash can"}) {
            json.writeString(word);
          }
          json.writeEndArray();
          json.writeStringField("master", "admin");
          json.writeStringField("host", "ops");
          json.writeStringField("started", START.toString());
          json.writeStringField("now", START.toString());
          json.writeStringField("placement", "any");
        });
  }

  private void line(Fields fields) {
    try {
      StringWriter text = new StringWriter();
      try (JsonGenerator json = JSON.createGenerator(text)) {
        json.writeStartObject();
        fields.write(json);
        json.writeEndObject();
      }
      out.write(text + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A user whom a lane has worked on, from a moment after the start on. */
  SampleJournal user(
      String user, String server, int lane, String outcome, String said, long millis, long micros) {
    line(
        json -> {
          json.writeStringField("user", user);
          json.writeNumberField("run", run);
          json.writeNumberField("sequence", sequence++);
          json.writeStringField("server", server);
          json.writeNumberField("lane", lane);
          json.writeStringField("outcome", outcome);
          json.writeStringField("text", said);
          json.writeObjectFieldStart("counts");
          json.writeNumberField("expunged", 2);
          json.writeEndObject();
          json.writeNumberField("bytes", 100);
          json.writeNumberField("begun", START.toEpochMilli() + millis);
          json.writeNumberField("micros", micros);
          json.writeNumberField("attempts", 1);
        });
    return this;
  }

  SampleJournal ok(String user, String server, int lane, long millis, long micros) {
    return user(user, server, lane, "ok", "", millis, micros);
  }

  /** A user whom no worker was asked for. */
  SampleJournal unasked(String user, String outcome, String said) {
    line(
        json -> {
          json.writeStringField("user", user);
          json.writeNumberField("run", run);
          json.writeNumberField("sequence", sequence++);
          json.writeStringField("server", "");
          json.writeNumberField("lane", -1);
          json.writeStringField("outcome", outcome);
          json.writeStringField("text", said);
        });
    return this;
  }

  /** A further run begins. */
  SampleJournal resumed(long millis) {
    run++;
    line(
        json -> {
          json.writeStringField("resumed", START.plusMillis(millis).toString());
          json.writeNumberField("run", run);
          json.writeStringField("program", "doveadm-ssh 0.2");
          json.writeStringField("master", "root");
        });
    return this;
  }

  SampleJournal ended(long millis, int code) {
    line(
        json -> {
          json.writeStringField("ended", START.plusMillis(millis).toString());
          json.writeNumberField("run", run);
          json.writeNumberField("code", code);
        });
    return this;
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
