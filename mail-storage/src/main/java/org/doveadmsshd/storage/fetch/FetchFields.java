package org.doveadmsshd.storage.fetch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
import java.util.function.Function;
import java.util.stream.Collectors;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.UnreadableMailException;
import org.doveadmsshd.storage.fetch.FetchField.FieldContent;
import org.doveadmsshd.storage.fetch.FetchField.Source;
import org.doveadmsshd.storage.mime.BodySection;
import org.doveadmsshd.storage.mime.BodyStructure;
import org.doveadmsshd.storage.mime.HeaderText;
import org.doveadmsshd.storage.mime.MailAddress;
import org.doveadmsshd.storage.mime.MessageSection;
import org.doveadmsshd.storage.mime.MimeTree;
import org.doveadmsshd.storage.mime.Preview;
import org.doveadmsshd.storage.mime.ReadableText;
import org.doveadmsshd.storage.mime.SentDate;

/** The fetch fields: one entry each. */
public final class FetchFields {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  private static final String HEADER_PREFIX = "hdr.";

  /** Ends the names of dates that are printed as numbers. */
  private static final String UNIX_TIME = ".unixtime";

  private static final Map<String, FetchField> FIELDS = new TreeMap<>();
  private static final FieldGuide GUIDE = new FieldGuide();

  /** Fields that only Dovecot's index knows. */
  private static final FieldContent NO_CONTENT = new FieldContent(Value.ABSENT, null);

  static {
    GUIDE.line(" (empty: in Dovecot's index alone)");
    text("user", source -> FieldContent.of(source.user()));
    text("mailbox", source -> FieldContent.of(source.mailbox().name()));
    text("mailbox-guid", source -> FieldContent.of(source.mailbox().identifiers().guid()));
    numbered("seq", source -> FieldContent.of(source.candidate().mail().sequence()));
    numbered("uid", source -> FieldContent.of(source.candidate().mail().uid()));
    add(new FetchField(new Column("guid"), true, FetchFields::guid));
    add(new FetchField(new Column("flags"), true, FetchFields::flags));
    add(new FetchField(new Column("modseq", Column.NUMBER), true, s -> NO_CONTENT));
    GUIDE.line("as stored; the header with its empty line");
    streamed(
        "hdr", s -> new FieldContent(null, MessageSection.header(s.candidate().mail().open())));
    streamed("text", source -> new FieldContent(null, source.candidate().mail().open()));
    streamed("body", s -> new FieldContent(null, MessageSection.body(s.candidate().mail().open())));
    families();
    GUIDE.line("header and bodies decoded to UTF-8");
    streamed(
        "text.utf8", s -> new FieldContent(null, new ReadableText(s.candidate().mail().open())));
    GUIDE.line("the first 200 characters of the text");
    text("body.snippet", FetchFields::preview);
    text("body.preview", FetchFields::preview);
    GUIDE.line("");
    text("imap.envelope", s -> bytes(BodyStructure.envelope(s.candidate().structure().root())));
    text("imap.body", s -> bytes(BodyStructure.of(s.candidate().structure().root(), false)));
    text(
        "imap.bodystructure", s -> bytes(BodyStructure.of(s.candidate().structure().root(), true)));
    GUIDE.line("bytes as stored, and with CRLF line ends");
    number("size.physical", source -> FieldContent.of(source.candidate().mail().physicalSize()));
    number("size.virtual", source -> FieldContent.of(source.candidate().mail().virtualSize()));
    GUIDE.line(", and each with " + UNIX_TIME);
    text("date.received", source -> time(source.candidate().mail().received()));
    text("date.sent", FetchFields::sentTime);
    text("date.saved", source -> time(source.candidate().mail().saved()));
    number(
        "date.received" + UNIX_TIME,
        source -> FieldContent.of(source.candidate().mail().received()));
    number("date.sent" + UNIX_TIME, source -> FieldContent.of(source.candidate().sent().seconds()));
    number("date.saved" + UNIX_TIME, source -> FieldContent.of(source.candidate().mail().saved()));
    GUIDE.line("");
    number("refcount", source -> FieldContent.of(source.candidate().mail().references()));
    text("storageid", s -> bytes(s.candidate().mail().storageId()));
    add(new FetchField(new Column("pop3.uidl"), true, s -> bytes(s.candidate().mail().popUidl())));
    add(
        new FetchField(
            new Column("pop3.order"), true, s -> bytes(s.candidate().mail().popOrder())));
  }

  /** Those of which there are as many as header fields and parts. */
  private static void families() {
    family(HEADER_PREFIX + "<name>", "values of a header field, with folding and encodings");
    family(HEADER_PREFIX + "<name>.utf8", "decoded");
    family(HEADER_PREFIX + "<name>.address", "mailbox@domain, a line each");
    family(HEADER_PREFIX + "<name>.address_name", "names of persons; .address_name.utf8 decoded");
    family(
        "body.<section>",
        """
        IMAP's BODY[...]: 1, 1.2, 1.mime, header, text,
        header.fields(subject,from), header.fields.not(received);
        lines end with CRLF""");
    family("binary.<section>", "the same with transfer encoding undone");
  }

  private static void family(String name, String note) {
    GUIDE.line(note);
    GUIDE.add(name);
  }

  private FetchFields() {}

  private static void add(FetchField field) {
    String name = field.column().key();
    FIELDS.put(name, field);
    if (!name.endsWith(UNIX_TIME)) {
      GUIDE.add(name);
    }
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

  /** What help says of the fields: lines of at most 90 characters, each ended. */
  public static String guide() {
    return GUIDE.text();
  }

  /** The names of all fields, sorted, with {@code hdr.<name>} for the headers. */
  public static List<String> names() {
    List<String> names = new ArrayList<>(FIELDS.keySet());
    names.add(HEADER_PREFIX + "<name>");
    FORMS.keySet().stream()
        .filter(form -> !form.isEmpty())
        .forEach(form -> names.add(HEADER_PREFIX + "<name>." + form));
    names.add("body.<section>");
    names.add("binary.<section>");
    names.sort(null);
    return names;
  }

  private static FetchField field(String name) throws Failure {
    FetchField field = FIELDS.get(name);
    if (field == null && name.startsWith(HEADER_PREFIX)) {
      field = header(name);
    }
    if (field == null && name.startsWith("body.")) {
      field = section(name, name.substring("body.".length()), false);
    }
    if (field == null && name.startsWith("binary.")) {
      field = section(name, name.substring("binary.".length()), true);
    }
    if (field == null) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE,
          "Unknown fetch field: " + name + " (there are: " + String.join(" ", names()) + ")");
    }
    return field;
  }

  /** {@code hdr.NAME} and {@code hdr.NAME.FORM}; null when it is neither. */
  private static FetchField header(String name) throws Failure {
    String rest = name.substring(HEADER_PREFIX.length());
    int dot = rest.indexOf('.');
    String field = dot < 0 ? rest : rest.substring(0, dot);
    String form = dot < 0 ? "" : rest.substring(dot + 1);
    if (!field.matches("[!-9;-~]+")) {
      return null;
    }
    FieldForm reader = FORMS.get(form);
    if (reader == null) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE,
          "Unknown header filter: "
              + form
              + " (there are: utf8 address address_name"
              + " address_name.utf8)");
    }
    return new FetchField(new Column(name), false, source -> header(source, field, reader));
  }

  private static FetchField section(String name, String path, boolean decoded) {
    return BodySection.parse(path)
        .map(
            part ->
                new FetchField(
                    new Column(name, Column.STREAMED),
                    false,
                    source -> section(source, part, decoded)))
        .orElse(null);
  }

  private static FieldContent section(Source source, BodySection section, boolean decoded)
      throws Failure {
    MimeTree.Node mail = source.candidate().structure().root();
    try {
      return new FieldContent(
          null, section.<Failure>read(mail, () -> source.candidate().mail().open(), decoded));
    } catch (UnreadableMailException e) {
      throw e.failure();
    } catch (IOException e) {
      throw new MailFailure("A mail cannot be read: " + Reason.of(e), e);
    }
  }

  private static FieldContent preview(Source source) throws Failure {
    Preview preview = new Preview();
    source.candidate().scan(preview);
    return new FieldContent(Value.of(preview.bytes()), null);
  }

  /** Text that may be longer than what fits into a row. */
  private static FieldContent bytes(String oneCharAByte) {
    byte[] bytes = oneCharAByte.getBytes(StandardCharsets.ISO_8859_1);
    return new FieldContent(null, new ByteArrayInputStream(bytes));
  }

  /** How the values of a header field are shown. */
  @FunctionalInterface
  private interface FieldForm {
    byte[] of(String value);
  }

  private static final Map<String, FieldForm> FORMS =
      Map.of(
          "",
          value -> latin1(value.replace("\r\n", "\n")),
          "utf8",
          value -> HeaderText.decode(value).replace('\0', ' ').getBytes(StandardCharsets.UTF_8),
          "address",
          value -> latin1(lines(value, FetchFields::address)),
          "address_name",
          value -> latin1(lines(value, address -> emptyForNull(address.name()))),
          "address_name.utf8",
          value ->
              lines(value, address -> HeaderText.decode(emptyForNull(address.name())))
                  .getBytes(StandardCharsets.UTF_8));

  private static String emptyForNull(String text) {
    return text == null ? "" : text;
  }

  private static byte[] latin1(String oneCharAByte) {
    return oneCharAByte.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String lines(String value, Function<MailAddress, String> shown) {
    return MailAddress.parse(value.replace("\r\n", "\n")).stream()
        .map(shown)
        .collect(Collectors.joining("\n"));
  }

  /** {@code mailbox@domain}; the name alone for the beginning of a group. */
  private static String address(MailAddress address) {
    if (address.mailbox() == null) {
      return "";
    }
    return address.domain() == null
        ? address.mailbox()
        : address.mailbox() + "@" + address.domain();
  }

  private static FieldContent guid(Source source) {
    byte[] bytes = source.candidate().mail().guid().getBytes(StandardCharsets.ISO_8859_1);
    return new FieldContent(Value.of(bytes), null);
  }

  private static FieldContent flags(Source source) throws Failure {
    return FieldContent.of(source.candidate().flags().toString());
  }

  private static FieldContent time(long seconds) {
    return FieldContent.of(
        TIME.format(Instant.ofEpochSecond(seconds).atZone(ZoneId.systemDefault())));
  }

  /** In the zone of the sender, whose offset stands beside it. */
  private static FieldContent sentTime(Source source) throws Failure {
    SentDate sent = source.candidate().sent();
    int minutes = sent.offsetSeconds() / 60;
    String time = TIME.format(Instant.ofEpochSecond(sent.wallClock()).atOffset(ZoneOffset.UTC));
    return FieldContent.of(
        "%s (%c%02d%02d)"
            .formatted(
                time, minutes < 0 ? '-' : '+', Math.abs(minutes) / 60, Math.abs(minutes) % 60));
  }

  /** The values of all fields of that name, one after another. */
  private static FieldContent header(Source source, String name, FieldForm form) throws Failure {
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    boolean first = true;
    for (String value : source.candidate().header(name)) {
      if (!first) {
        values.write('\n');
      }
      // as in Dovecot: a NUL becomes U+FFFD, here in UTF-8 one char a byte
      values.writeBytes(form.of(value.replace("\0", "\u00ef\u00bf\u00bd")));
      first = false;
    }
    return new FieldContent(null, new ByteArrayInputStream(values.toByteArray()));
  }
}
