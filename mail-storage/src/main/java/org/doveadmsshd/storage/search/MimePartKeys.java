package org.doveadmsshd.storage.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Glossary;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Term;
import org.doveadmsshd.storage.mime.Envelope;
import org.doveadmsshd.storage.mime.PartDescription;
import org.doveadmsshd.storage.search.DateArgument.Comparison;

/**
 * The keys that may follow {@code MIMEPART}: one entry each, with all that is to be known of it.
 */
final class MimePartKeys {
  private static final List<Term> TERMS = new ArrayList<>();
  private static final Map<String, Key> KEYS = new TreeMap<>();

  private static final Term.Group PART = new Term.Group("Part", "");
  private static final Term.Group PLACE =
      new Term.Group("Place", "the mail itself is at depth 0; first parts have the index 1");
  private static final Term.Group HEADER =
      new Term.Group("Header", "all but HEADER: of a mail that is a part of this one");
  private static final Term.Group COMBINED = new Term.Group("Combined", "");

  private static final Syntax VALUE = Kind.TEXT.named("text");
  private static final Syntax PARAMETER = Syntax.of(Kind.TEXT.named("name"), VALUE);
  private static final Syntax NUMBER = Kind.NUMBER.named("n");
  private static final Syntax KEY = Kind.PART_KEY.named("part key");
  private static final Syntax EXISTS_OR_KEY = Syntax.either(Syntax.word("EXISTS"), KEY);

  /** Makes a check of a key's arguments. */
  @FunctionalInterface
  private interface Key {
    PartCheck read(QueryWords words) throws QueryException;
  }

  static {
    types();
    values();
    places();
    headers();
    texts();
    term(COMBINED, "NOT", KEY, "the key does not hold", "not type text");
    term(COMBINED, "OR", Syntax.of(KEY, KEY), "one of two keys holds", "or type image type video");
    term(
        COMBINED,
        "(",
        Syntax.of(Syntax.several(KEY), Syntax.word(")")),
        "all these keys hold",
        "( type application size larger 2M )");
  }

  private MimePartKeys() {}

  private static void types() {
    add(
        PART,
        "TYPE",
        "the first half of its Content-Type is this",
        "type image",
        words -> PartConditions.type(PartDescription::mainType, words));
    add(
        PART,
        "SUBTYPE",
        "the second half of its Content-Type is this",
        "subtype pdf",
        words -> PartConditions.type(PartDescription::subtype, words));
    add(
        PART,
        "PARAM",
        PARAMETER,
        "a parameter of its Content-Type has the text in it",
        "param charset utf-8",
        words -> PartConditions.parameter(PartDescription::parameters, words));
    add(
        PART,
        "DISPOSITION",
        Syntax.either(
            Syntax.of(Syntax.word("TYPE"), Kind.TEXT.named("type")),
            Syntax.of(Syntax.word("PARAM"), PARAMETER)),
        "its Content-Disposition, or a parameter of it, is so",
        "disposition type attachment",
        PartConditions::disposition);
    add(
        PART,
        "FILENAME",
        Syntax.of(Syntax.word("IS", "CONTAINS", "BEGINS", "ENDS"), Kind.TEXT.named("name")),
        "the name of its file is so, whatever the case",
        "filename ends .exe",
        PartConditions::fileName);
    add(
        PART,
        "SIZE",
        Syntax.of(Syntax.maybe(Syntax.word("LARGER", "SMALLER")), SearchKeys.SIZE),
        "it has as many bytes, or more, or fewer",
        "size larger 2M",
        PartConditions::size);
  }

  private static void values() {
    add(
        PART,
        "ENCODING",
        "its Content-Transfer-Encoding is this",
        "encoding base64",
        words -> PartConditions.single(PartConditions.encoding(words)));
    add(
        PART,
        "ID",
        "its Content-ID is this",
        "id <logo@example.org>",
        words -> PartConditions.single(PartConditions.exact("content-id", false, words)));
    add(
        PART,
        "LANGUAGE",
        "one of the languages of its Content-Language is this",
        "language de",
        PartConditions::language);
    add(
        PART,
        "LOCATION",
        "its Content-Location is this",
        "location logo.png",
        words -> PartConditions.exact("content-location", false, words));
    add(
        PART,
        "MD5",
        "its Content-MD5 is this",
        "md5 Q2hlY2sgSW50ZWdyaXR5IQ==",
        words -> PartConditions.single(PartConditions.exact("content-md5", true, words)));
    add(
        PART,
        "DESCRIPTION",
        "the text is in its Content-Description",
        "description logo",
        words -> PartConditions.single(PartConditions.description(words)));
  }

  private static void places() {
    add(
        PLACE,
        "DEPTH",
        Syntax.of(Syntax.maybe(Syntax.word("MIN", "MAX")), NUMBER),
        "it lies in as many parts, or at least or at most",
        "depth min 2",
        PartConditions::depth);
    add(
        PLACE,
        "INDEX",
        NUMBER,
        "it is the part of this number in its parent",
        "index 1",
        PartConditions::index);
    add(
        PLACE,
        "PARENT",
        EXISTS_OR_KEY,
        "it lies in a part, or in one that is so",
        "parent type message",
        PartConditions::parent);
    add(
        PLACE,
        "CHILD",
        EXISTS_OR_KEY,
        "it has parts, or some in it are so",
        "child exists",
        PartConditions::child);
  }

  private static void headers() {
    add(
        HEADER,
        "HEADER",
        SearchKeys.HEADER_TEXT,
        "the text is in a header field of that name",
        "header Content-Type pdf",
        words -> PartConditions.field(words.next(), words));
    for (String name : List.of("FROM", "TO", "CC", "BCC", "SENDER", "REPLY-TO")) {
      String lower = name.toLowerCase(Locale.ROOT);
      add(
          HEADER,
          name,
          "the text is in its " + lower + " field",
          lower + " alice@example.org",
          words -> PartConditions.addresses(name, words));
    }
    add(
        HEADER,
        "SUBJECT",
        "the text is in its subject",
        "subject minutes",
        words -> PartConditions.envelope(Envelope::subject, words));
    for (String name : List.of("MESSAGE-ID", "IN-REPLY-TO")) {
      String lower = name.toLowerCase(Locale.ROOT);
      add(
          HEADER,
          name,
          "the text is in its " + lower + " field",
          lower + " <4711@example.org>",
          words -> PartConditions.envelope(envelope -> envelope.value(lower), words));
    }
    for (Comparison comparison : Comparison.values()) {
      String name = "SENT" + comparison;
      add(
          HEADER,
          name,
          SearchKeys.DATE,
          "what its Date says is so",
          name.toLowerCase(Locale.ROOT) + " 2026-01-31",
          words -> PartConditions.sent(comparison, words));
    }
  }

  private static void texts() {
    add(
        SearchKeys.CONTENT,
        "BODY",
        "the text is in its body",
        "body invoice",
        words -> PartConditions.text(words, false));
    add(
        SearchKeys.CONTENT,
        "TEXT",
        "the text is in its header or its body",
        "text invoice",
        words -> PartConditions.text(words, true));
  }

  private static void term(
      Term.Group group, String name, Syntax arguments, String meaning, String example) {
    TERMS.add(new Term(name, arguments, meaning, example, group));
  }

  private static void add(Term.Group group, String name, String meaning, String example, Key key) {
    add(group, name, VALUE, meaning, example, key);
  }

  private static void add(
      Term.Group group, String name, Syntax arguments, String meaning, String example, Key key) {
    term(group, name, arguments, meaning, example);
    KEYS.put(name, key);
  }

  /** The names of all keys, sorted. */
  static Set<String> names() {
    return KEYS.keySet();
  }

  /** What a key in upper case makes of the words that follow; nothing when there is no such key. */
  static Optional<PartCheck> read(String name, QueryWords words) throws QueryException {
    Key key = KEYS.get(name);
    return key == null ? Optional.empty() : Optional.of(key.read(words));
  }

  /** All keys, and what stands before them. */
  static Glossary glossary() {
    return new Glossary(TERMS);
  }
}
