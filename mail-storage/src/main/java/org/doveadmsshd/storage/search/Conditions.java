package org.doveadmsshd.storage.search;

import java.util.List;
import java.util.Locale;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.maildir.ModifiedUtf7;
import org.doveadmsshd.storage.mime.HeaderField;
import org.doveadmsshd.storage.mime.HeaderText;
import org.doveadmsshd.storage.mime.Needle;

/** The conditions that search keys make of what follows them. */
final class Conditions {
  /** How the text of a header field is compared. */
  enum HeaderForm {
    PLAIN,
    COMPRESSED,
    ADDRESSES
  }

  private Conditions() {}

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

  static Query mailbox(QueryWords words) throws QueryException {
    return new Query.InMailbox(new MailboxPattern(words.next()));
  }

  static Query guid(String name, QueryWords words) throws QueryException {
    String guid = words.next();
    return new Query.Test(
        name + " " + guid, Cost.NAME, true, candidate -> candidate.mail().guid().equals(guid));
  }

  static Query uid(String name, QueryWords words) throws QueryException {
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

  static Query flag(String name, Flag flag, boolean set) {
    boolean numbered = flag == Flag.RECENT; // a mail that has just got a UID is recent
    return new Query.Test(name, Cost.NAME, numbered, candidate -> candidate.has(flag) == set);
  }

  static Query isNew() {
    return new Query.And(
        List.of(flag("RECENT", Flag.RECENT, true), flag("UNSEEN", Flag.SEEN, false)));
  }

  static Query keyword(String name, String keyword, boolean set) {
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

  /** When a mail was received. */
  static Query received(DateArgument.Comparison comparison, String name, QueryWords words)
      throws QueryException {
    return date(
        name, words, Cost.STATUS, (date, c) -> date.matches(comparison, c.mail().received()));
  }

  /** When it came into the mailbox. */
  static Query saved(DateArgument.Comparison comparison, String name, QueryWords words)
      throws QueryException {
    return date(name, words, Cost.STATUS, (date, c) -> date.matches(comparison, c.mail().saved()));
  }

  /** When it says that it was sent. */
  static Query sent(DateArgument.Comparison comparison, String name, QueryWords words)
      throws QueryException {
    return date(name, words, Cost.HEADER, (date, c) -> date.matches(comparison, c.sent()));
  }

  static Query age(String name, QueryWords words, boolean older) throws QueryException {
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

  static Query size(String name, QueryWords words, boolean larger) throws QueryException {
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

  static Query header(String name, QueryWords words, HeaderForm form) throws QueryException {
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

  static Query text(String name, QueryWords words, boolean inHeaders) throws QueryException {
    String text = words.next();
    return new Query.Text(name + " " + text, new Needle(text), inHeaders);
  }

  static Query globbed(QueryWords words) throws QueryException {
    String glob = words.next();
    String name = ModifiedUtf7.decode(glob).orElse(glob);
    return new Query.InMailbox(new MailboxPattern(name));
  }

  /** {@code MODSEQ [entry type] N}: every mail has at least 1; more is known to the index alone. */
  static Query modseq(QueryWords words) throws QueryException {
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
