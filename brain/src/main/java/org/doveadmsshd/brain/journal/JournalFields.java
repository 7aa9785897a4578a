package org.doveadmsshd.brain.journal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Outcome;

/** The fields of one line. Those that are not known are left out, as a newer program may write. */
final class JournalFields {
  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, Long> numbers = new HashMap<>();
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private final List<String> arguments = new ArrayList<>();

  /** Reads an object to its end. */
  void read(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      switch (json.nextToken()) {
        case VALUE_STRING -> texts.put(name, json.getText());
        case VALUE_NUMBER_INT -> numbers.put(name, json.getLongValue());
        case VALUE_TRUE -> numbers.put(name, 1L);
        case START_ARRAY -> readArray(name, json);
        case START_OBJECT -> readObject(name, json);
        default -> {
          // a kind of value that no field of this version has
        }
      }
    }
  }

  private void readArray(String name, JsonParser json) throws IOException {
    boolean known = name.equals("arguments");
    for (JsonToken token; (token = json.nextToken()) != JsonToken.END_ARRAY; ) {
      if (token == null) {
        return;
      }
      json.skipChildren();
      if (known && token == JsonToken.VALUE_STRING) {
        arguments.add(json.getText());
      }
    }
  }

  private void readObject(String name, JsonParser json) throws IOException {
    if (!name.equals("counts")) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String what = json.currentName();
      if (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
        counts.put(what, json.getLongValue());
      }
      json.skipChildren();
    }
  }

  String text(String name) {
    return texts.getOrDefault(name, "");
  }

  Optional<Long> number(String name) {
    return Optional.ofNullable(numbers.get(name));
  }

  private long numberOrZero(String name) {
    return numbers.getOrDefault(name, 0L);
  }

  private Instant time(String name) {
    return Instant.parse(text(name));
  }

  JournalHeader header() {
    return new JournalHeader(
        text("id"),
        text("program"),
        text("command"),
        arguments,
        text("master"),
        text("host"),
        numberOrZero("process"),
        time("started"),
        time("now"),
        text("placement"),
        numberOrZero("changes") == 1,
        numberOrZero("each_server") == 1,
        input());
  }

  private Optional<InputDigest> input() {
    return number("input_bytes").map(bytes -> new InputDigest(text("input_sha256"), bytes));
  }

  /** What the line says; nothing when it is of no kind that is known. */
  Optional<JournalLine> line(long position) {
    int run = (int) numberOrZero("run");
    if (texts.containsKey("outcome") && texts.containsKey("user")) {
      return Optional.of(new JournalLine.User(position, run, user()));
    }
    if (texts.containsKey("resumed")) {
      return Optional.of(
          new JournalLine.Resumed(
              run,
              time("resumed"),
              text("program"),
              text("master"),
              text("host"),
              numberOrZero("process")));
    }
    return texts.containsKey("ended")
        ? Optional.of(
            new JournalLine.Ended(
                run,
                time("ended"),
                (int) numberOrZero("code"),
                numberOrZero("users"),
                numberOrZero("failed")))
        : Optional.empty();
  }

  private UserEnd user() {
    return new UserEnd(
        numberOrZero("sequence"),
        text("user"),
        text("server"),
        (int) numberOrZero("lane"),
        Outcome.ofWord(text("outcome")).orElse(Outcome.TEMPORARY_FAILURE),
        text("text"),
        counts,
        numberOrZero("bytes"),
        numberOrZero("begun"),
        numberOrZero("micros"),
        (int) numberOrZero("attempts"));
  }
}
