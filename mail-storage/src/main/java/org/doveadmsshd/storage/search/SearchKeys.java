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
    Query read(String name, QueryWords words) throws QueryException;
  }

  /** How the text of a header field is compared. */
  private enum HeaderForm {
    PLAIN,
    COMPRESSED,
    ADDRESSES
  }

  static {
    add("ALL", Syntax.NOTHING, (name, words) -> new Query.All());
    add("MAILBOX", NAME_OR_MASK, (name, words) -> mailbox(words));
    add("MAILBOX-GUID", GUID, (name, words) -> new Query.InMailboxGuid(words.next()));
    add("GUID", GUID, SearchKeys::guid);
    add("X-GUID", GUID, SearchKeys::guid);
    add("UID", SET, SearchKeys::uid);
    for (Flag flag : Flag.values()) {
      add(flag.key(), Syntax.NOTHING, (name, words) -> flag(name, flag, true));
    }
    for (Flag flag :
        new Flag[] {Flag.ANSWERED, Flag.DELETED, Flag.DRAFT, Flag.FLAGGED, Flag.SEEN}) {
      add("UN" + flag.key(), Syntax.NOTHING, (name, words) -> flag(name, flag, false));
    }
    add("OLD", Syntax.NOTHING, (name, words) -> flag(name, Flag.RECENT, false));
    add("NEW", Syntax.NOTHING, (name, words) -> isNew());
    add("KEYWORD", KEYWORD, (name, words) -> keyword(name, words.next(), true));
    add("UNKEYWORD", KEYWORD, (name, words) -> keyword(name, words.next(), false));
    for (DateArgument.Comparison comparison : DateArgument.Comparison.values()) {
      dates(comparison);
    }
    add("OLDER", SECONDS, (name, words) -> age(name, words, true));
    add("YOUNGER", SECONDS, (name, words) -> age(name, words, false));
    add("LARGER", SIZE, (name, words) -> size(name, words, true));
    add("SMALLER", SIZE, (name, words) -> size(name, words, false));
    add("FROM", TEXT, (name, words) -> header(name, words, HeaderForm.ADDRESSES));
    add("TO", TEXT, (name, words) -> header(name, words, HeaderForm.ADDRESSES));
    add("CC", TEXT, (name, words) -> header(name, words, HeaderForm.ADDRESSES));
    add("BCC", TEXT, (name, words) -> header(name, words, HeaderForm.ADDRESSES));
    add("SUBJECT", TEXT, (name, words) -> header(name, words, HeaderForm.COMPRESSED));
    add("HEADER", HEADER_TEXT, (name, words) -> header(words.next(), words, HeaderForm.PLAIN));
    add("X-MAILBOX", ENCODED_MASK, (name, words) -> globbed(words));
    add("X-REAL-UID", SET, SearchKeys::uid);
    add("MODSEQ", MODSEQ, (name, words) -> modseq(words));
    add("OLDESTONLY", Syntax.NOTHING, (name, words) -> new Query.All());
    add("SAVEDATESUPPORTED", Syntax.NOTHING, (name, words) -> new Query.All());
    add("$", Syntax.NOTHING, (name, words) -> new Query.Not(new Query.All()));
    add("BODY", TEXT, (name, words) -> text(name, words, false));
    add("TEXT", TEXT, (name, words) -> text(name, words, true));
  }

  private SearchKeys() {}

  private static void add(String name, Syntax words, Key key) {
    KEYS.put(name, key);
    ARGUMENTS.put(name, words);
  }

  /** What follows a key. */
  static Optional<Syntax> arguments(String name) {
    return Optional.ofNullable(ARGUMENTS.get(name));
  }

  /** Reads what a key in upper case says; nothing when there is no such key. */
  static Optional<Query> read(String name, QueryWords words) throws QueryException {
    Key key = KEYS.get(name);
    return key == null ? Optional.empty() : Optional.of(key.read(name, words));
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
        false,
        true,
        candidate -> {
          int sequence = candidate.mail().sequence();
          boolean last = sequence == candidate.mailCount();
          return set.contains(sequence) || last && set.hasStar();
        });
  }

  private static Query mailbox(QueryWords words) throws QueryException {
    return new Query.InMailbox(new MailboxPattern(words.next()));
  }

  private static Query guid(String name, QueryWords words) throws QueryException {
    String guid = words.next();
    return new Query.Test(
        name + " " + guid, Cost.NAME, true, candidate -> candidate.mail().guid().equals(guid));
  }

  private static Query uid(String name, QueryWords words) throws QueryException {
    String text = words.next();
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

  private static Query date(String name, QueryWords words, Cost cost, DateCheck check)
      throws QueryException {
    String text = words.next();
    DateArgument date = words.date(text);
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
    add(suffix, DATE, (name, words) -> date(name, words, Cost.STATUS, received));
    add("SAVED" + suffix, DATE, (name, words) -> date(name, words, Cost.STATUS, saved));
    add("X-SAVED" + suffix, DATE, (name, words) -> date(name, words, Cost.STATUS, saved));
    add("SENT" + suffix, DATE, (name, words) -> date(name, words, Cost.HEADER, sent));
  }

  private static Query age(String name, QueryWords words, boolean older) throws QueryException {
    String text = words.next();
    if (!text.matches("[0-9]{1,12}") || Long.parseLong(text) == 0) {
      throw new QueryException("Invalid search interval: " + text + " (seconds, at least 1)");
    }
    long limit = words.now().getEpochSecond() - Long.parseLong(text);
    return new Query.Test(
        name + " " + text,
        Cost.STATUS,
        false,
        candidate ->
            older ? candidate.mail().received() <= limit : candidate.mail().received() > limit);
  }

  private static Query size(String name, QueryWords words, boolean larger) throws QueryException {
    String text = words.next();
    long limit = QueryWords.size(text);
    return new Query.Test(
        name + " " + text,
        Cost.STATUS,
        false,
        candidate ->
            larger
                ? candidate.mail().virtualSize() > limit
                : candidate.mail().virtualSize() < limit);
  }

  private static Query header(String name, QueryWords words, HeaderForm form)
      throws QueryException {
    String text = words.next();
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

  private static Query text(String name, QueryWords words, boolean inHeaders)
      throws QueryException {
    String text = words.next();
    return new Query.Text(name + " " + text, new Needle(text), inHeaders);
  }

  private static Query globbed(QueryWords words) throws QueryException {
    String glob = words.next();
    String name = ModifiedUtf7.decode(glob).orElse(glob);
    return new Query.InMailbox(new MailboxPattern(name));
  }

  /** {@code MODSEQ [entry type] N}: every mail has at least 1; more is known to the index alone. */
  private static Query modseq(QueryWords words) throws QueryException {
    String text = words.next();
    if (text.startsWith("/")) {
      String type = words.next();
      if (!List.of("priv", "shared", "all").contains(type.toLowerCase(Locale.ROOT))) {
        throw new QueryException("Invalid MODSEQ type: " + type + " (priv, shared or all)");
      }
      text = words.next();
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
