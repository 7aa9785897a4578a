package org.doveadmsshd.storage.fetch;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.protocol.Outcome;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.fetch.FetchField.Content;
import org.doveadmsshd.storage.fetch.FetchField.Source;
import org.doveadmsshd.storage.mime.HeaderField;
import org.doveadmsshd.storage.mime.MessageSection;
import org.doveadmsshd.storage.mime.SentDate;

/** The fetch fields: one entry each. */
public final class FetchFields {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  private static final String HEADER_PREFIX = "hdr.";
  private static final Map<String, FetchField> FIELDS = new TreeMap<>();

  static {
    text("user", source -> Content.of(source.user()));
    text("mailbox", source -> Content.of(source.mailbox().name()));
    text("mailbox-guid", source -> Content.of(source.mailbox().identity().guid()));
    numbered("uid", source -> Content.of(source.candidate().mail().uid()));
    numbered("seq", source -> Content.of(source.candidate().mail().sequence()));
    add(new FetchField(new Column("guid"), true, FetchFields::guid));
    add(new FetchField(new Column("flags"), true, FetchFields::flags));
    text("date.received", source -> time(source.candidate().mail().received()));
    text("date.saved", source -> time(source.candidate().mail().saved()));
    text("date.sent", FetchFields::sentTime);
    number("date.received.unixtime", source -> Content.of(source.candidate().mail().received()));
    number("date.saved.unixtime", source -> Content.of(source.candidate().mail().saved()));
    number("date.sent.unixtime", source -> Content.of(source.candidate().sent().seconds()));
    number("size.physical", source -> Content.of(source.candidate().mail().physicalSize()));
    number("size.virtual", source -> Content.of(source.candidate().mail().virtualSize()));
    streamed("hdr", s -> new Content(null, MessageSection.header(s.candidate().mail().open())));
    streamed("body", s -> new Content(null, MessageSection.body(s.candidate().mail().open())));
    streamed("text", source -> new Content(null, source.candidate().mail().open()));
  }

  private FetchFields() {}

  private static void add(FetchField field) {
    FIELDS.put(field.column().key(), field);
  }

  private static void text(String name, FetchField.Reader reader) {
    add(new FetchField(new Column(name), false, reader));
  }

  private static void number(String name, FetchField.Reader reader) {
    add(new FetchField(new Column(name, Column.NUMBER), false, reader));
  }

  private static void numbered(String name, FetchField.Reader reader) {
    add(new FetchField(new Column(name, Column.NUMBER), true, reader));
  }

  private static void streamed(String name, FetchField.Reader reader) {
    add(new FetchField(new Column(name, Column.STREAMED), false, reader));
  }

  /**
   * Reads a list of field names, separated by spaces.
   *
   * @throws Failure with the exit code of doveadm, 75, for a name that is no field
   */
  public static List<FetchField> parse(String names) throws Failure {
    List<FetchField> fields = new ArrayList<>();
    for (String name : names.strip().toLowerCase(Locale.ROOT).split("\\s+")) {
      fields.add(field(name));
    }
    return fields;
  }

  /** The names of all fields, sorted, with {@code hdr.<name>} for the headers. */
  public static List<String> names() {
    List<String> names = new ArrayList<>(FIELDS.keySet());
    names.add(HEADER_PREFIX + "<name>");
    names.sort(null);
    return names;
  }

  private static FetchField field(String name) throws Failure {
    FetchField field = FIELDS.get(name);
    if (field != null) {
      return field;
    }
    String header = name.startsWith(HEADER_PREFIX) ? name.substring(HEADER_PREFIX.length()) : "";
    if (header.matches("[!-9;-~]+") && header.indexOf('.') < 0) {
      return new FetchField(new Column(name), false, source -> header(source, header));
    }
    throw new Failure(
        Outcome.TEMPORARY_FAILURE,
        "Unknown fetch field: " + name + " (there are: " + String.join(" ", names()) + ")");
  }

  private static Content guid(Source source) {
    byte[] bytes = source.candidate().mail().guid().getBytes(StandardCharsets.ISO_8859_1);
    return new Content(Value.of(bytes), null);
  }

  private static Content flags(Source source) throws Failure {
    return Content.of(source.candidate().flags().toString());
  }

  private static Content time(long seconds) {
    return Content.of(TIME.format(Instant.ofEpochSecond(seconds).atZone(ZoneId.systemDefault())));
  }

  /** In the zone of the sender, whose offset stands beside it. */
  private static Content sentTime(Source source) throws Failure {
    SentDate sent = source.candidate().sent();
    int minutes = sent.offsetSeconds() / 60;
    String time = TIME.format(Instant.ofEpochSecond(sent.wallClock()).atOffset(ZoneOffset.UTC));
    return Content.of(
        "%s (%c%02d%02d)"
            .formatted(
                time, minutes < 0 ? '-' : '+', Math.abs(minutes) / 60, Math.abs(minutes) % 60));
  }

  /** The raw values of all headers of that name, one a line. */
  private static Content header(Source source, String name) throws Failure {
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    boolean first = true;
    for (HeaderField field : source.candidate().header()) {
      if (field.isNamed(name)) {
        if (!first) {
          values.write('\n');
        }
        // a NUL becomes U+FFFD, here in UTF-8 one char a byte, as in Dovecot
        String lines = field.value().replace("\r\n", "\n").replace("\0", "\u00ef\u00bf\u00bd");
        values.writeBytes(lines.getBytes(StandardCharsets.ISO_8859_1));
        first = false;
      }
    }
    return new Content(null, new java.io.ByteArrayInputStream(values.toByteArray()));
  }
}
