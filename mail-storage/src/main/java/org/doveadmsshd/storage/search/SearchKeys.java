package org.doveadmsshd.storage.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Glossary;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Term;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.search.Conditions.HeaderForm;
import org.doveadmsshd.storage.search.DateArgument.Comparison;

/** The search keys: one entry each, with all that is to be known of it. */
final class SearchKeys {
  private static final List<Term> TERMS = new ArrayList<>();
  private static final Map<String, Key> KEYS = new TreeMap<>();

  private static final Term.Group MAILBOXES =
      new Term.Group(
          "Mailboxes", "without any, all mailboxes are searched; * is anything, % within a level");
  private static final Term.Group MAILS = new Term.Group("Mails", "a set is 1,5:9,12:*");
  private static final Term.Group FLAGS = new Term.Group("Flags", "");
  private static final Term.Group DATES =
      new Term.Group(
          "Dates",
          "a date is 30d, 2weeks, 2026-01-31, 31-Jan-2026 or a unix time;\n"
              + "SAVED and X-SAVED ask for the change time of the mail's file");
  private static final Term.Group SIZES = new Term.Group("Sizes", "a size is 500k or 2M");
  private static final Term.Group HEADER =
      new Term.Group("Header", "case does not matter, accents do; encodings are undone");
  static final Term.Group CONTENT =
      new Term.Group("Content", "as in the header; charsets are undone, too");
  private static final Term.Group COMBINED =
      new Term.Group(
          "Combined",
          "without OR all keys must hold; keys joined by OR and others are mixed in\n"
              + "parentheses only, which are words of their own");
  private static final Term.Group OTHERS = new Term.Group("Others", "");

  private static final Syntax GUID = Kind.GUID.named("guid");
  private static final Syntax SET = Kind.NUMBER_SET.named("set");
  private static final Syntax KEYWORD = Kind.FLAGS.named("keyword");
  static final Syntax DATE = Kind.DATE.named("date");
  private static final Syntax SECONDS = Kind.NUMBER.named("seconds");
  static final Syntax SIZE = Kind.SIZE.named("size");
  static final Syntax TEXT = Kind.TEXT.named("text");
  static final Syntax HEADER_TEXT = Syntax.of(Kind.TEXT.named("name"), TEXT);
  private static final Syntax KEY = Kind.SEARCH_KEY.named("key");

  /** Makes a query of a key and what follows it. */
  @FunctionalInterface
  private interface Key {
    Query read(String name, QueryParser parser) throws QueryException;
  }

  /** Makes a query of a key and its arguments. */
  @FunctionalInterface
  private interface Condition {
    Query of(String name, QueryWords words) throws QueryException;
  }

  static {
    mails();
    flags();
    dates("", "was received", Conditions::received);
    dates("SENT", "was sent, as its Date says,", Conditions::sent);
    dates("SAVED", "came into the mailbox", Conditions::saved);
    dates("X-SAVED", "came into the mailbox", Conditions::saved);
    ages();
    texts();
    keysOfKeys();
    others();
  }

  private SearchKeys() {}

  private static void mails() {
    add(
        MAILBOXES,
        "MAILBOX",
        Kind.MAILBOX_MASK.named("name or mask"),
        "in this mailbox, or in those that the mask matches",
        "mailbox INBOX",
        (name, words) -> Conditions.mailbox(words));
    add(
        MAILBOXES,
        "MAILBOX-GUID",
        GUID,
        "in the mailbox of this identity",
        "mailbox-guid 3a1f0b2c4d5e6f708192a3b4c5d6e7f8",
        (name, words) -> new Query.InMailboxGuid(words.next()));
    add(
        MAILBOXES,
        "X-MAILBOX",
        Kind.MAILBOX_MASK.named("mask in mUTF-7"),
        "as MAILBOX, with the name as IMAP has it",
        "x-mailbox Entw&APw-rfe",
        (name, words) -> Conditions.globbed(words));
    add(MAILS, "ALL", Syntax.NOTHING, "every mail", "all", (name, words) -> new Query.All());
    add(MAILS, "UID", SET, "its UID is in the set", "uid 1:100", Conditions::uid);
    term(
        MAILS,
        "<set>",
        Syntax.NOTHING,
        "its place in the mailbox, counted from 1, is in the set",
        "1:10");
    for (String name : List.of("GUID", "X-GUID")) {
      add(
          MAILS,
          name,
          GUID,
          "the mail of this identity",
          name.toLowerCase(Locale.ROOT) + " 1764238365.M1P1.host",
          Conditions::guid);
    }
    add(MAILS, "X-REAL-UID", SET, "as UID", "x-real-uid 1:100", Conditions::uid);
  }

  private static void flags() {
    for (Flag flag : Flag.values()) {
      String has = "it has the flag " + flag.text();
      add(flag.key(), has, (name, words) -> Conditions.flag(name, flag, true));
    }
    for (Flag flag :
        new Flag[] {Flag.ANSWERED, Flag.DELETED, Flag.DRAFT, Flag.FLAGGED, Flag.SEEN}) {
      String lacks = "it does not have the flag " + flag.text();
      add("UN" + flag.key(), lacks, (name, words) -> Conditions.flag(name, flag, false));
    }
    add("OLD", "it is not recent", (name, words) -> Conditions.flag(name, Flag.RECENT, false));
    add("NEW", "it is recent and unseen", (name, words) -> Conditions.isNew());
    add(
        FLAGS,
        "KEYWORD",
        KEYWORD,
        "it has this keyword",
        "keyword $Forwarded",
        (name, words) -> Conditions.keyword(name, words.next(), true));
    add(
        FLAGS,
        "UNKEYWORD",
        KEYWORD,
        "it does not have this keyword",
        "unkeyword $Junk",
        (name, words) -> Conditions.keyword(name, words.next(), false));
  }

  private static void add(String name, String meaning, Condition condition) {
    add(FLAGS, name, Syntax.NOTHING, meaning, name.toLowerCase(Locale.ROOT), condition);
  }

  /** A condition about one of a mail's dates. */
  @FunctionalInterface
  private interface DateCondition {
    Query of(Comparison comparison, String name, QueryWords words) throws QueryException;
  }

  private static void dates(String prefix, String done, DateCondition condition) {
    for (Comparison comparison : Comparison.values()) {
      String name = prefix + comparison.name();
      String when =
          switch (comparison) {
            case BEFORE -> "before that";
            case ON -> "on that day";
            case SINCE -> "then or later";
          };
      add(
          DATES,
          name,
          DATE,
          "it " + done + " " + when,
          name.toLowerCase(Locale.ROOT) + (comparison == Comparison.ON ? " 2026-01-31" : " 30d"),
          (key, words) -> condition.of(comparison, key, words));
    }
  }

  private static void ages() {
    add(
        DATES,
        "OLDER",
        SECONDS,
        "it was received so many seconds ago, or more",
        "older 3600",
        (name, words) -> Conditions.age(name, words, true));
    add(
        DATES,
        "YOUNGER",
        SECONDS,
        "it was received less than so many seconds ago",
        "younger 3600",
        (name, words) -> Conditions.age(name, words, false));
    add(
        SIZES,
        "LARGER",
        SIZE,
        "it has more bytes, line ends counted as CRLF",
        "larger 2M",
        (name, words) -> Conditions.size(name, words, true));
    add(
        SIZES,
        "SMALLER",
        SIZE,
        "it has fewer bytes, line ends counted as CRLF",
        "smaller 500k",
        (name, words) -> Conditions.size(name, words, false));
  }

  private static void texts() {
    for (String field : List.of("FROM", "TO", "CC", "BCC")) {
      String lower = field.toLowerCase(Locale.ROOT);
      add(
          HEADER,
          field,
          TEXT,
          "the text is in an address, or a name, of its " + lower + " field",
          lower + " alice@example.org",
          (name, words) -> Conditions.header(name, words, HeaderForm.ADDRESSES));
    }
    add(
        HEADER,
        "SUBJECT",
        TEXT,
        "the text is in its subject",
        "subject minutes",
        (name, words) -> Conditions.header(name, words, HeaderForm.COMPRESSED));
    add(
        HEADER,
        "HEADER",
        HEADER_TEXT,
        "a header field of that name has the text in it",
        "header List-Id announce",
        (name, words) -> Conditions.header(words.next(), words, HeaderForm.PLAIN));
    add(
        CONTENT,
        "BODY",
        TEXT,
        "the text is in its body",
        "body invoice",
        (name, words) -> Conditions.text(name, words, false));
    add(
        CONTENT,
        "TEXT",
        TEXT,
        "the text is in its header or its body",
        "text invoice",
        (name, words) -> Conditions.text(name, words, true));
  }

  private static void keysOfKeys() {
    addPrefix(
        "NOT",
        KEY,
        "the key does not hold",
        "not from alice",
        (name, parser) -> new Query.Not(parser.required(name)));
    term(COMBINED, "OR", KEY, "the key before it holds or the one behind it", "seen or older 3600");
    term(
        COMBINED,
        "(",
        Syntax.of(Kind.QUERY.named("search query"), Syntax.word(")")),
        "one key made of several",
        "( from alice or from bob )");
    addPrefix(
        "INTHREAD",
        Syntax.of(Syntax.word("REFERENCES", "REFS"), KEY),
        "it is in a thread with a mail for which the key holds",
        "inthread refs from alice",
        (name, parser) -> new Query.InThread(parser.algorithm(), parser.required(name)));
    addPrefix(
        "MIMEPART",
        Kind.PART_KEY.named("part key"),
        "one of its parts is so, or ( ... ) so in all these ways",
        "mimepart filename ends .exe",
        (name, parser) -> MimePartQuery.read(parser.words()));
    addPrefix(
        "FUZZY",
        KEY,
        "as the key alone",
        "fuzzy subject minutes",
        (name, parser) -> parser.required(name)); // a hint for full-text indexes, which are not
  }

  private static void others() {
    add(
        OTHERS,
        "MODSEQ",
        Syntax.of(
            Syntax.maybe(Kind.TEXT.named("entry"), Syntax.word("priv", "shared", "all")),
            Kind.NUMBER.named("n")),
        "1: every mail; more is known to Dovecot's index alone",
        "modseq 1",
        (name, words) -> Conditions.modseq(words));
    for (String name : List.of("OLDESTONLY", "SAVEDATESUPPORTED")) {
      add(
          OTHERS,
          name,
          Syntax.NOTHING,
          "every mail",
          name.toLowerCase(Locale.ROOT),
          (key, words) -> new Query.All());
    }
    add(
        OTHERS,
        "$",
        Syntax.NOTHING,
        "no mail: there is no search before this one",
        "$",
        (name, words) -> new Query.Not(new Query.All()));
  }

  private static void term(
      Term.Group group, String name, Syntax arguments, String meaning, String example) {
    TERMS.add(new Term(name, arguments, meaning, example, group));
  }

  private static void add(
      Term.Group group,
      String name,
      Syntax arguments,
      String meaning,
      String example,
      Condition condition) {
    term(group, name, arguments, meaning, example);
    KEYS.put(name, (key, parser) -> condition.of(key, parser.words()));
  }

  private static void addPrefix(
      String name, Syntax arguments, String meaning, String example, Key key) {
    term(COMBINED, name, arguments, meaning, example);
    KEYS.put(name, key);
  }

  /** What a key in upper case makes of the words that follow; nothing when there is no such key. */
  static Optional<Query> read(String name, QueryParser parser) throws QueryException {
    Key key = KEYS.get(name);
    return key == null ? Optional.empty() : Optional.of(key.read(name, parser));
  }

  /** All keys, and what stands between them. */
  static Glossary glossary() {
    return new Glossary(TERMS);
  }
}
