package org.doveadmsshd.storage.search;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.maildir.ModifiedUtf7;
import org.doveadmsshd.storage.mime.HeaderField;
import org.doveadmsshd.storage.mime.HeaderText;
import org.doveadmsshd.storage.mime.Needle;

/** The search keys: one entry each. */
final class SearchKeys {
  private static final Map<String, Key> KEYS = new TreeMap<>();
  private static final Map<String, Syntax> ARGUMENTS = new TreeMap<>();

  private static final Syntax NAME_OR_MASK = Kind.MAILBOX_MASK.named("name or mask");
  private static final Syntax ENCODED_MASK = Kind.MAILBOX_MASK.named("mask in mUTF-7");
  private static final Syntax GUID = Kind.GUID.named("guid");
  private static final Syntax SET = Kind.TEXT.named("set");
  private static final Syntax KEYWORD = Kind.FLAGS.named("keyword");
  private static final Syntax DATE = Kind.DATE.named("date");
  private static final Syntax SECONDS = Kind.NUMBER.named("seconds");
  private static final Syntax SIZE = Kind.NUMBER.named("size");
  private static final Syntax TEXT = Kind.TEXT.named("text");
  private static final Syntax HEADER_TEXT = Syntax.of(Kind.TEXT.named("name"), TEXT);
  private static final Syntax MODSEQ = Kind.NUMBER.named("n");

  /** Makes a query of a key and its arguments. */
  @FunctionalInterface
  private interface Key {
    Query read(String name, Arguments arguments) throws QueryException;
  }

  /** How the text of a header field is compared. */
  private enum HeaderForm {
    PLAIN,
    COMPRESSED,
    ADDRESSES
  }

  static {
    add("ALL", Syntax.NOTHING, (name, arguments) -> new Query.All());
    add("MAILBOX", NAME_OR_MASK, (name, arguments) -> mailbox(arguments));
    add("MAILBOX-GUID", GUID, (name, arguments) -> new Query.InMailboxGuid(arguments.next()));
    add("GUID", GUID, SearchKeys::guid);
    add("X-GUID", GUID, SearchKeys::guid);
    add("UID", SET, SearchKeys::uid);
    for (Flag flag : Flag.values()) {
      add(flag.key(), Syntax.NOTHING, (name, arguments) -> flag(name, flag, true));
    }
    for (Flag flag :
        new Flag[] {Flag.ANSWERED, Flag.DELETED, Flag.DRAFT, Flag.FLAGGED, Flag.SEEN}) {
      add("UN" + flag.key(), Syntax.NOTHING, (name, arguments) -> flag(name, flag, false));
    }
    add("OLD", Syntax.NOTHING, (name, arguments) -> flag(name, Flag.RECENT, false));
    add("NEW", Syntax.NOTHING, (name, arguments) -> isNew());
    add("KEYWORD", KEYWORD, (name, arguments) -> keyword(name, arguments.next(), true));
    add("UNKEYWORD", KEYWORD, (name, arguments) -> keyword(name, arguments.next(), false));
    for (DateArgument.Comparison comparison : DateArgument.Comparison.values()) {
      dates(comparison);
    }
    add("OLDER", SECONDS, (name, arguments) -> age(name, arguments, true));
    add("YOUNGER", SECONDS, (name, arguments) -> age(name, arguments, false));
    add("LARGER", SIZE, (name, arguments) -> size(name, arguments, true));
    add("SMALLER", SIZE, (name, arguments) -> size(name, arguments, false));
    add("FROM", TEXT, (name, arguments) -> header(name, arguments, HeaderForm.ADDRESSES));
    add("TO", TEXT, (name, arguments) -> header(name, arguments, HeaderForm.ADDRESSES));
    add("CC", TEXT, (name, arguments) -> header(name, arguments, HeaderForm.ADDRESSES));
    add("BCC", TEXT, (name, arguments) -> header(name, arguments, HeaderForm.ADDRESSES));
    add("SUBJECT", TEXT, (name, arguments) -> header(name, arguments, HeaderForm.COMPRESSED));
    add(
        "HEADER",
        HEADER_TEXT,
        (name, arguments) -> header(arguments.next(), arguments, HeaderForm.PLAIN));
    add("X-MAILBOX", ENCODED_MASK, (name, arguments) -> globbed(arguments));
    add("X-REAL-UID", SET, SearchKeys::uid);
    add("MODSEQ", MODSEQ, (name, arguments) -> modseq(arguments));
    add("OLDESTONLY", Syntax.NOTHING, (name, arguments) -> new Query.All());
    add("SAVEDATESUPPORTED", Syntax.NOTHING, (name, arguments) -> new Query.All());
    add("$", Syntax.NOTHING, (name, arguments) -> new Query.Not(new Query.All()));
    add("BODY", TEXT, (name, arguments) -> text(name, arguments, false));
    add("TEXT", TEXT, (name, arguments) -> text(name, arguments, true));
  }

  private SearchKeys() {}

  private static void add(String name, Syntax arguments, Key key) {
    KEYS.put(name, key);
    ARGUMENTS.put(name, arguments);
  }

  /** What follows a key. */
  static Optional<Syntax> arguments(String name) {
    return Optional.ofNullable(ARGUMENTS.get(name));
  }

  /** Reads what a key in upper case says; nothing when there is no such key. */
  static Optional<Query> read(String name, Arguments arguments) throws QueryException {
    Key key = KEYS.get(name);
    return key == null ? Optional.empty() : Optional.of(key.read(name, arguments));
  }

  /** The names of all keys, sorted. */
  static Collection<String> names() {
    return Collections.unmodifiableSet(KEYS.keySet());
  }

  /** A sequence set standing by itself. */
  static Query sequence(String word) throws QueryException {
    NumberSet set =
        NumberSet.parse(word)
            .orElseThrow(
                () ->
                    new QueryException(
                        "Invalid sequence set: " + word + " (try 7, 1:100 or 5,8:*)"));
    return new Query.Test(
        word,
        Cost.NAME,
        true,
        candidate -> {
          int sequence = candidate.mail().sequence();
          boolean last = sequence == candidate.mailCount();
          return set.contains(sequence) || last && set.hasStar();
        });
  }

  private static Query mailbox(Arguments arguments) throws QueryException {
    return new Query.InMailbox(new MailboxPattern(arguments.next()));
  }

  private static Query guid(String name, Arguments arguments) throws QueryException {
    String guid = arguments.next();
    return new Query.Test(
        name + " " + guid, Cost.NAME, true, candidate -> candidate.mail().guid().equals(guid));
  }

  private static Query uid(String name, Arguments arguments) throws QueryException {
    String text = arguments.next();
    NumberSet set =
        NumberSet.parse(text)
            .orElseThrow(
                () ->
                    new QueryException(
                        "Invalid UID messageset: " + text + " (try 7, 1:100 or 5,8:*)"));
    return new Query.Test(
        name + " " + text, Cost.NAME, true, candidate -> set.contains(candidate.mail().uid()));
  }

  private static Query flag(String name, Flag flag, boolean set) {
    boolean numbered = flag == Flag.RECENT; // a mail that has just got a UID is recent
    return new Query.Test(
        name, Cost.NAME, numbered, candidate -> candidate.flags().has(flag) == set);
  }

  private static Query isNew() {
    return new Query.And(
        List.of(flag("RECENT", Flag.RECENT, true), flag("UNSEEN", Flag.SEEN, false)));
  }

  private static Query keyword(String name, String keyword, boolean set) {
    return new Query.Test(
        name + " " + keyword,
        Cost.NAME,
        false,
        candidate -> candidate.flags().hasKeyword(keyword) == set);
  }

  /** Compares one of a mail's dates. */
  @FunctionalInterface
  private interface DateCheck {
    boolean matches(DateArgument date, Candidate candidate) throws Failure;
  }

  private static Query date(String name, Arguments arguments, Cost cost, DateCheck check)
      throws QueryException {
    String text = arguments.next();
    DateArgument date = arguments.date(text);
    return new Query.Test(
        name + " " + text,
        cost,
        false,
        cost == Cost.HEADER,
        candidate -> check.matches(date, candidate));
  }

  private static void dates(DateArgument.Comparison comparison) {
    String suffix = comparison.name();
    DateCheck received = (date, c) -> date.matches(comparison, c.mail().received());
    DateCheck saved = (date, c) -> date.matches(comparison, c.mail().saved());
    DateCheck sent = (date, c) -> date.matches(comparison, c.sent());
    add(suffix, DATE, (name, arguments) -> date(name, arguments, Cost.STATUS, received));
    add("SAVED" + suffix, DATE, (name, arguments) -> date(name, arguments, Cost.STATUS, saved));
    add("X-SAVED" + suffix, DATE, (name, arguments) -> date(name, arguments, Cost.STATUS, saved));
    add("SENT" + suffix, DATE, (name, arguments) -> date(name, arguments, Cost.HEADER, sent));
  }

  private static Query age(String name, Arguments arguments, boolean older) throws QueryException {
    String text = arguments.next();
    if (!text.matches("[0-9]{1,12}") || Long.parseLong(text) == 0) {
      throw new QueryException("Invalid search interval: " + text + " (seconds, at least 1)");
    }
    long limit = arguments.now().getEpochSecond() - Long.parseLong(text);
    return new Query.Test(
        name + " " + text,
        Cost.STATUS,
        false,
        candidate ->
            older ? candidate.mail().received() <= limit : candidate.mail().received() > limit);
  }

  private static Query size(String name, Arguments arguments, boolean larger)
      throws QueryException {
    String text = arguments.next();
    long limit = Arguments.size(text);
    return new Query.Test(
        name + " " + text,
        Cost.STATUS,
        false,
        candidate ->
            larger
                ? candidate.mail().virtualSize() > limit
                : candidate.mail().virtualSize() < limit);
  }

  private static Query header(String name, Arguments arguments, HeaderForm form)
      throws QueryException {
    String text = arguments.next();
    Needle needle = new Needle(text);
    return new Query.Test(
        name + " " + text,
        Cost.HEADER,
        false,
        candidate -> hasHeader(candidate, name, needle, form));
  }

  private static boolean hasHeader(Candidate candidate, String name, Needle needle, HeaderForm form)
      throws Failure {
    if (form == HeaderForm.PLAIN && needle.beginsWithSpace()) {
      return hasIndented(candidate, name, needle);
    }
    for (String value : candidate.header(name)) {
      if (needle.isEmpty() || needle.isIn(text(value, form))) {
        return true;
      }
    }
    return false;
  }

  /** A second blank behind the colon is content, which is not among what is remembered. */
  private static boolean hasIndented(Candidate candidate, String name, Needle needle)
      throws Failure {
    for (HeaderField field : candidate.header(List.of(name))) {
      if (field.isNamed(name)
          && needle.isIn(field.indent() + text(field.value(), HeaderForm.PLAIN))) {
        return true;
      }
    }
    return false;
  }

  private static String text(String value, HeaderForm form) {
    return switch (form) {
      case PLAIN -> HeaderText.searched(value);
      case COMPRESSED -> HeaderText.searchedCompressed(value);
      case ADDRESSES -> HeaderText.addresses(value);
    };
  }

  private static Query text(String name, Arguments arguments, boolean inHeaders)
      throws QueryException {
    String text = arguments.next();
    return new Query.Text(name + " " + text, new Needle(text), inHeaders);
  }

  private static Query globbed(Arguments arguments) throws QueryException {
    String glob = arguments.next();
    String name = ModifiedUtf7.decode(glob).orElse(glob);
    return new Query.InMailbox(new MailboxPattern(name));
  }

  /** {@code MODSEQ [entry type] N}: every mail has at least 1; more is known to the index alone. */
  private static Query modseq(Arguments arguments) throws QueryException {
    String text = arguments.next();
    if (text.startsWith("/")) {
      String type = arguments.next();
      if (!List.of("priv", "shared", "all").contains(type.toLowerCase(Locale.ROOT))) {
        throw new QueryException("Invalid MODSEQ type: " + type + " (priv, shared or all)");
      }
      text = arguments.next();
    }
    if (!text.matches("[0-9]{1,19}")) {
      throw new QueryException("Invalid MODSEQ value: " + text);
    }
    if (text.length() > 1 || text.charAt(0) > '1') {
      throw new QueryException(
          "MODSEQ %s cannot be answered: only Dovecot's index knows modification sequences"
              .formatted(text));
    }
    return new Query.All();
  }
}
