package org.doveadmsshd.storage.search;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.maildir.ModifiedUtf7;
import org.doveadmsshd.storage.mime.HeaderField;
import org.doveadmsshd.storage.mime.HeaderText;
import org.doveadmsshd.storage.mime.Needle;

/** The search keys: one entry each. */
final class SearchKeys {
  private static final Map<String, Key> KEYS = new TreeMap<>();

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
    KEYS.put("ALL", (name, arguments) -> new Query.All());
    KEYS.put("MAILBOX", (name, arguments) -> mailbox(arguments));
    KEYS.put("MAILBOX-GUID", (name, arguments) -> new Query.InMailboxGuid(arguments.next()));
    KEYS.put("GUID", SearchKeys::guid);
    KEYS.put("X-GUID", SearchKeys::guid);
    KEYS.put("UID", SearchKeys::uid);
    for (Flag flag : Flag.values()) {
      KEYS.put(flag.key(), (name, arguments) -> flag(name, flag, true));
    }
    for (Flag flag :
        new Flag[] {Flag.ANSWERED, Flag.DELETED, Flag.DRAFT, Flag.FLAGGED, Flag.SEEN}) {
      KEYS.put("UN" + flag.key(), (name, arguments) -> flag(name, flag, false));
    }
    KEYS.put("OLD", (name, arguments) -> flag(name, Flag.RECENT, false));
    KEYS.put("NEW", (name, arguments) -> isNew());
    KEYS.put("KEYWORD", (name, arguments) -> keyword(name, arguments.next(), true));
    KEYS.put("UNKEYWORD", (name, arguments) -> keyword(name, arguments.next(), false));
    for (DateArgument.Comparison comparison : DateArgument.Comparison.values()) {
      dates(comparison);
    }
    KEYS.put("OLDER", (name, arguments) -> age(name, arguments, true));
    KEYS.put("YOUNGER", (name, arguments) -> age(name, arguments, false));
    KEYS.put("LARGER", (name, arguments) -> size(name, arguments, true));
    KEYS.put("SMALLER", (name, arguments) -> size(name, arguments, false));
    KEYS.put("FROM", (name, arguments) -> header(name, arguments, HeaderForm.ADDRESSES));
    KEYS.put("TO", (name, arguments) -> header(name, arguments, HeaderForm.ADDRESSES));
    KEYS.put("CC", (name, arguments) -> header(name, arguments, HeaderForm.ADDRESSES));
    KEYS.put("BCC", (name, arguments) -> header(name, arguments, HeaderForm.ADDRESSES));
    KEYS.put("SUBJECT", (name, arguments) -> header(name, arguments, HeaderForm.COMPRESSED));
    KEYS.put("HEADER", (name, arguments) -> header(arguments.next(), arguments, HeaderForm.PLAIN));
    KEYS.put("X-MAILBOX", (name, arguments) -> globbed(arguments));
    KEYS.put("X-REAL-UID", SearchKeys::uid);
    KEYS.put("MODSEQ", (name, arguments) -> modseq(arguments));
    KEYS.put("OLDESTONLY", (name, arguments) -> new Query.All());
    KEYS.put("SAVEDATESUPPORTED", (name, arguments) -> new Query.All());
    KEYS.put("$", (name, arguments) -> new Query.Not(new Query.All()));
    KEYS.put("BODY", (name, arguments) -> text(name, arguments, false));
    KEYS.put("TEXT", (name, arguments) -> text(name, arguments, true));
  }

  private SearchKeys() {}

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
        java.util.List.of(flag("RECENT", Flag.RECENT, true), flag("UNSEEN", Flag.SEEN, false)));
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
    KEYS.put(suffix, (name, arguments) -> date(name, arguments, Cost.STATUS, received));
    KEYS.put("SAVED" + suffix, (name, arguments) -> date(name, arguments, Cost.STATUS, saved));
    KEYS.put("X-SAVED" + suffix, (name, arguments) -> date(name, arguments, Cost.STATUS, saved));
    KEYS.put("SENT" + suffix, (name, arguments) -> date(name, arguments, Cost.HEADER, sent));
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
      if (!List.of("priv", "shared", "all").contains(type.toLowerCase(java.util.Locale.ROOT))) {
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
