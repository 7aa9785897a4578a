package org.doveadmsshd.storage.fetch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Nearest;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Glossary;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Term;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.fetch.FetchField.FieldContent;
import org.doveadmsshd.storage.fetch.FetchField.Source;
import org.doveadmsshd.storage.mime.BodySection;
import org.doveadmsshd.storage.mime.BodyStructure;
import org.doveadmsshd.storage.mime.MessageSection;
import org.doveadmsshd.storage.mime.ReadableText;

/** The fetch fields: one entry each, with all that is to be known of it. */
public final class FetchFields {
  /** A moment as it is printed, for examples. */
  private static final String MOMENT = "2026-01-31 09:30:00";

  private static final String HEADER_PREFIX = "hdr.";

  private static final List<Term> TERMS = new ArrayList<>();
  private static final Map<String, FetchField> FIELDS = new TreeMap<>();

  private static final Term.Group MAIL = new Term.Group("Mail", "");
  private static final Term.Group TEXT = new Term.Group("Text", "");
  private static final Term.Group HEADER =
      new Term.Group("Header", "one value on a line; utf8: with encodings undone");
  private static final Term.Group PARTS =
      new Term.Group(
          "Parts",
          "a section is 1, 1.2, 1.mime, header, text, header.fields(subject,from) or\n"
              + "header.fields.not(received), as in IMAP; lines end with CRLF");
  private static final Term.Group SIZES = new Term.Group("Sizes", "");
  private static final Term.Group DATES = new Term.Group("Dates", "");
  private static final Term.Group OTHERS = new Term.Group("Others", "");

  /** Fields that only Dovecot's index knows. */
  private static final FieldContent NO_CONTENT = new FieldContent(Value.ABSENT, null);

  static {
    mail();
    content();
    families();
    text(
        PARTS,
        "imap.envelope",
        "IMAP's ENVELOPE",
        "(NIL \"minutes\" ...)",
        s -> FieldContents.bytes(BodyStructure.envelope(s.candidate().structure().root())));
    text(
        PARTS,
        "imap.body",
        "IMAP's BODY",
        "\"text\" \"plain\" ...",
        s -> FieldContents.bytes(BodyStructure.of(s.candidate().structure().root(), false)));
    text(
        PARTS,
        "imap.bodystructure",
        "IMAP's BODYSTRUCTURE",
        "\"text\" \"plain\" ...",
        s -> FieldContents.bytes(BodyStructure.of(s.candidate().structure().root(), true)));
    sizes();
    dates();
    others();
  }

  private FetchFields() {}

  private static void mail() {
    text(MAIL, "user", "whose mail it is", "alice@example.org", s -> FieldContent.of(s.user()));
    text(
        MAIL, "mailbox", "the mailbox it is in", "INBOX", s -> FieldContent.of(s.mailbox().name()));
    text(
        MAIL,
        "mailbox-guid",
        "the identity of the mailbox",
        "3a1f0b2c4d5e6f708192a3b4c5d6e7f8",
        s -> FieldContent.of(s.mailbox().identifiers().guid()));
    numbered(
        "seq",
        "its place in the mailbox, counted from 1",
        "7",
        s -> FieldContent.of(s.candidate().mail().sequence()));
    numbered(
        "uid",
        "its number in the mailbox, for ever",
        "4711",
        s -> FieldContent.of(s.candidate().mail().uid()));
    add(
        MAIL,
        "its identity",
        "1764238365.M1P1.host",
        new FetchField(new Column("guid"), true, FieldContents::guid));
    add(
        MAIL,
        "its flags and keywords",
        "\\Seen $Forwarded",
        new FetchField(new Column("flags"), true, FieldContents::flags));
    add(
        MAIL,
        "empty: in Dovecot's index alone",
        "",
        new FetchField(new Column("modseq", Column.NUMBER), true, s -> NO_CONTENT));
  }

  private static void content() {
    streamed(
        "hdr",
        "its header with the empty line, as stored",
        "Return-Path: ...",
        s -> new FieldContent(null, MessageSection.header(s.candidate().mail().open())));
    streamed(
        "text",
        "all of it, as stored",
        "Return-Path: ...",
        s -> new FieldContent(null, s.candidate().mail().open()));
    streamed(
        "body",
        "what follows its header, as stored",
        "Dear Bob, ...",
        s -> new FieldContent(null, MessageSection.body(s.candidate().mail().open())));
    streamed(
        "text.utf8",
        "header and bodies of text, decoded to UTF-8",
        "From: Jörg ...",
        s -> new FieldContent(null, new ReadableText(s.candidate().mail().open())));
    for (String name : List.of("body.snippet", "body.preview")) {
      text(
          TEXT,
          name,
          "the first 200 characters of its text",
          "Dear Bob, ...",
          FieldContents::preview);
    }
  }

  /** Those of which there are as many as header fields and parts. */
  private static void families() {
    String header = HEADER_PREFIX + "<name>";
    family(HEADER, header, "a header field, with folding and encodings", "hdr.subject=Re: minutes");
    family(HEADER, header + ".utf8", "a header field, decoded", "hdr.subject.utf8=Re: Entwürfe");
    family(
        HEADER,
        header + ".address",
        "its addresses: mailbox@domain, a line each",
        "hdr.to.address=bob@example.org");
    family(
        HEADER,
        header + ".address_name",
        "the names beside its addresses",
        "hdr.to.address_name=Bob");
    family(
        HEADER,
        header + ".address_name.utf8",
        "the names beside its addresses, decoded",
        "hdr.from.address_name.utf8=Jörg Müller");
    family(PARTS, "body.<section>", "IMAP's BODY[<section>]", "body.1.mime=...");
    family(
        PARTS,
        "binary.<section>",
        "IMAP's BODY[<section>], the transfer encoding undone",
        "binary.1=Dear Bob");
  }

  private static void sizes() {
    number(
        SIZES,
        "size.physical",
        "bytes as stored",
        "5167",
        s -> FieldContent.of(s.candidate().mail().physicalSize()));
    number(
        SIZES,
        "size.virtual",
        "bytes with CRLF line ends, as quotas count",
        "5310",
        s -> FieldContent.of(s.candidate().mail().virtualSize()));
  }

  private static void dates() {
    String received = "when it was received";
    String sent = "when it was sent, as its Date says";
    String saved = "when it came into the mailbox";
    text(
        DATES,
        "date.received",
        received,
        MOMENT,
        s -> FieldContents.time(s.candidate().mail().received()));
    text(DATES, "date.sent", sent, MOMENT + " (+0100)", FieldContents::sentTime);
    text(DATES, "date.saved", saved, MOMENT, s -> FieldContents.time(s.candidate().mail().saved()));
    unixTime("date.received", received, s -> s.candidate().mail().received());
    unixTime("date.sent", sent, s -> s.candidate().sent().seconds());
    unixTime("date.saved", saved, s -> s.candidate().mail().saved());
  }

  private static void others() {
    number(
        OTHERS,
        "refcount",
        "how many mailboxes share its bytes",
        "1",
        s -> FieldContent.of(s.candidate().mail().references()));
    text(
        OTHERS,
        "storageid",
        "the name of its file, without flags",
        "1764238365.M1P1.host",
        s -> FieldContents.bytes(s.candidate().mail().storageId()));
    add(
        OTHERS,
        "what POP3 clients were told to call it, where that is stored",
        "0000126753fe9a2b",
        new FetchField(
            new Column("pop3.uidl"),
            true,
            s -> FieldContents.bytes(s.candidate().mail().popUidl())));
    add(
        OTHERS,
        "where POP3 clients see it, where that is stored",
        "7",
        new FetchField(
            new Column("pop3.order"),
            true,
            s -> FieldContents.bytes(s.candidate().mail().popOrder())));
  }

  private static void family(Term.Group group, String name, String meaning, String example) {
    TERMS.add(new Term(name, Syntax.NOTHING, meaning, example, group));
  }

  private static void add(Term.Group group, String meaning, String value, FetchField field) {
    String name = field.column().key();
    FIELDS.put(name, field);
    TERMS.add(new Term(name, Syntax.NOTHING, meaning, name + "=" + value, group));
  }

  private static void text(
      Term.Group group, String name, String meaning, String value, FetchField.Reader reader) {
    add(group, meaning, value, new FetchField(new Column(name), false, reader));
  }

  private static void number(
      Term.Group group, String name, String meaning, String value, FetchField.Reader reader) {
    add(group, meaning, value, new FetchField(new Column(name, Column.NUMBER), false, reader));
  }

  /** One of a mail's moments. */
  @FunctionalInterface
  private interface Moment {
    long seconds(Source source) throws Failure;
  }

  private static void unixTime(String name, String meaning, Moment moment) {
    number(
        DATES,
        name + ".unixtime",
        meaning + ", in seconds since 1970",
        "1764238365",
        source -> FieldContent.of(moment.seconds(source)));
  }

  private static void numbered(
      String name, String meaning, String value, FetchField.Reader reader) {
    add(MAIL, meaning, value, new FetchField(new Column(name, Column.NUMBER), true, reader));
  }

  private static void streamed(
      String name, String meaning, String value, FetchField.Reader reader) {
    add(TEXT, meaning, value, new FetchField(new Column(name, Column.STREAMED), false, reader));
  }

  /**
   * Reads a list of field names, separated by spaces.
   *
   * @throws Failure with the exit code of doveadm, 75, for a name that is no field
   */
  public static List<FetchField> parse(String names) throws Failure {
    List<FetchField> fields = new ArrayList<>();
    for (String name : names.strip().toLowerCase(Locale.ROOT).split("\\s+")) {
      fields.add(read(name));
    }
    return fields;
  }

  /** All fields. */
  public static Glossary glossary() {
    return new Glossary(TERMS);
  }

  private static FetchField read(String name) throws Failure {
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
          "Unknown fetch field: %s%s (doveadm help fetch fields lists them)"
              .formatted(name, Nearest.question(name, FIELDS.keySet())));
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
    FieldContents.FieldForm reader = FieldContents.FORMS.get(form);
    if (reader == null) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE,
          "Unknown header filter: "
              + form
              + " (there are: utf8 address address_name"
              + " address_name.utf8)");
    }
    return new FetchField(
        new Column(name), false, source -> FieldContents.header(source, field, reader));
  }

  private static FetchField section(String name, String path, boolean decoded) {
    return BodySection.parse(path)
        .map(
            part ->
                new FetchField(
                    new Column(name, Column.STREAMED),
                    false,
                    source -> FieldContents.section(source, part, decoded)))
        .orElse(null);
  }
}
