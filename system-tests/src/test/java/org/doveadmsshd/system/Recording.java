package org.doveadmsshd.system;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.doveadmsshd.brain.CommandLine;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameEncoder;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;

/**
 * A command that was carried out by brain and worker of another version, with all that they said.
 * {@code src/test/peers/record} makes them.
 *
 * @param directory what it is called: version and number
 */
record Recording(Path directory) {
  private static final Path ALL = Path.of("src/test/resources/peers");

  /** What went over one lane. */
  record Lane(byte[] brain, byte[] worker) {
    /** What the brain said. */
    List<Message> asked() throws IOException {
      return messages(brain);
    }

    /** What the worker answered. */
    List<Message> answered() throws IOException {
      return messages(worker);
    }
  }

  static List<Recording> all() throws IOException {
    try (Stream<Path> files = Files.walk(ALL)) {
      return files
          .filter(file -> file.endsWith("command"))
          .map(file -> new Recording(file.getParent()))
          .sorted((one, other) -> one.directory.compareTo(other.directory))
          .toList();
    }
  }

  List<String> words() throws Exception {
    return CommandLine.split(Files.readString(directory.resolve("command")).strip());
  }

  /** What was printed. */
  String out() throws IOException {
    return Files.readString(directory.resolve("out"));
  }

  int exitCode() throws IOException {
    return Integer.parseInt(Files.readString(directory.resolve("exit")).strip());
  }

  List<Lane> lanes() throws IOException {
    List<Lane> lanes = new ArrayList<>();
    for (int i = 1; Files.exists(directory.resolve(i + ".brain")); i++) {
      lanes.add(
          new Lane(
              Files.readAllBytes(directory.resolve(i + ".brain")),
              Files.readAllBytes(directory.resolve(i + ".worker"))));
    }
    return lanes;
  }

  /** Messages without chunks' bytes, which are whole as long as they are delivered. */
  static List<Message> messages(byte[] bytes) throws IOException {
    List<Message> messages = new ArrayList<>();
    FrameDecoder decoder = new FrameDecoder();
    decoder.feed(bytes, 0, bytes.length, messages::add);
    decoder.end();
    return messages;
  }

  /** A message as it was recorded: what is written now is what was written then. */
  static byte[] frame(Message message) throws IOException {
    FrameEncoder encoder = new FrameEncoder();
    encoder.encode(message);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    encoder.drainTo(bytes::write);
    return bytes.toByteArray();
  }

  /** The rows of a request, each value behind its key, except those that are made by chance. */
  static List<String> rows(List<Message> answered, int id) {
    List<Column> columns = List.of();
    List<String> rows = new ArrayList<>();
    for (Message each : answered) {
      if (each.requestId() == id && each instanceof Message.Columns) {
        columns = ((Message.Columns) each).columns();
      } else if (each.requestId() == id && each instanceof Message.Row) {
        rows.add(text(columns, ((Message.Row) each).values()));
      }
    }
    return rows;
  }

  private static String text(List<Column> columns, List<Value> values) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      String key = columns.get(i).key();
      text.append(key + "=" + (key.equals("mailbox-guid") ? "…" : values.get(i)) + " ");
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return ALL.relativize(directory).toString();
  }
}
