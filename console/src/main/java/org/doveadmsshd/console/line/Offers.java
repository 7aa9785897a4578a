package org.doveadmsshd.console.line;

import java.time.Clock;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Glossary;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Term;
import org.doveadmsshd.storage.Flag;

/** What the word at the cursor may become, by the kinds of arguments that may stand there. */
final class Offers {
  /** Keywords that mail programs agree on. */
  private static final List<String> KEYWORDS =
      List.of("$Forwarded", "$MDNSent", "$Junk", "$NotJunk", "$Important");

  /** Names of mailboxes that most users have. */
  private static final List<String> USUAL_MAILBOXES =
      List.of("INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash");

  /** More than that nobody reads. */
  private static final int MOST = 500;

  private final TypedLine line;
  private final Vocabulary vocabulary;
  private final Surroundings surroundings;
  private final Clock clock;
  private final Map<String, Offer> found = new LinkedHashMap<>();

  /** Whether more may follow in the same quotes. */
  private boolean inList;

  private String note = "";

  private Offers(TypedLine line, Vocabulary vocabulary, Surroundings surroundings, Clock clock) {
    this.line = line;
    this.vocabulary = vocabulary;
    this.surroundings = surroundings;
    this.clock = clock;
  }

  /**
   * What has been found.
   *
   * @param all words that begin as the current one does, in whatever case
   * @param note why there may be others
   */
  record Found(List<Offer> all, String note) {
    /** Whether names are not known yet. */
    boolean isLate() {
      return note.equals(Names.Found.LATE.note());
    }
  }

  /**
   * Finds what the current word may become.
   *
   * @param clock says what day it is
   */
  static Found of(TypedLine line, Vocabulary vocabulary, Surroundings surroundings, Clock clock) {
    Offers offers = new Offers(line, vocabulary, surroundings, clock);
    line.expected().leaves().forEach(offers::leaf);
    offers.options();
    return offers.found.size() > MOST
        ? new Found(offers.beginning(), "too many to list; type more")
        : new Found(List.copyOf(offers.found.values()), offers.note);
  }

  /** What all begin with, if that is more than has been typed. */
  private List<Offer> beginning() {
    String first = null;
    for (String each : found.keySet()) {
      int length = first == null ? each.length() : common(first, each);
      first = first == null ? each : first.substring(0, length);
    }
    boolean longer = first != null && first.length() > line.begun().text().length();
    return longer ? List.of(Offer.beginning(first, "")) : List.of();
  }

  private static int common(String one, String other) {
    int at = 0;
    while (at < one.length() && at < other.length() && one.charAt(at) == other.charAt(at)) {
      at++;
    }
    return at > 0 && Character.isHighSurrogate(one.charAt(at - 1)) ? at - 1 : at;
  }

  private void leaf(Expected.Leaf leaf) {
    String begun = line.begun().text();
    Optional<Argument> argument = leaf.argument();
    if (argument.isEmpty()) {
      String text = ((Syntax.Literal) leaf.syntax()).text();
      keyword(begun, text, "");
    } else {
      Element element = Element.of(argument.get(), line.begun());
      inList = Element.isList(argument.get()) && element.quote() != 0;
      argument(argument.get(), element.text());
    }
  }

  private void argument(Argument argument, String begun) {
    switch (argument.kind()) {
      case COMMAND -> commands(begun);
      case TOPIC -> topics(begun);
      case SEARCH_KEY -> terms(vocabulary.keys(), begun);
      case PART_KEY -> terms(vocabulary.partKeys(), begun);
      case USER, USER_MASK -> names(surroundings.names().users(begun), begun, true);
      case SERVER -> surroundings.names().servers().forEach(each -> add(begun, each));
      case MAILBOX, MAILBOX_MASK -> names(mailboxes(), begun, true);
      case NEW_MAILBOX -> names(mailboxes(), begun, false);
      case FIELDS, FIELD -> fields(argument, begun);
      case FLAGS -> flags(argument, begun);
      case DATE -> dates(begun);
      case RATE -> List.of("1/s", "10/s", "100/s", "30/min").forEach(each -> add(begun, each));
      case SPAN -> List.of("10s", "30s", "1m", "5m", "1h").forEach(each -> add(begun, each));
      case SIZE -> List.of("100k", "1M", "10M", "100M").forEach(each -> add(begun, each));
      case SETTING ->
          add(begun, Offer.beginning("doveadm_worker_count=", "so many lanes for each server"));
      default -> argument.choices().forEach(each -> add(begun, each));
    }
  }

  private void commands(String begun) {
    String before = line.expected().begun();
    vocabulary
        .beginning(before)
        .forEach(
            manual -> {
              String rest = manual.name().substring(before.length());
              int space = rest.indexOf(' ');
              String word = space < 0 ? rest : rest.substring(0, space);
              add(begun, Offer.of(word, space < 0 ? manual.summary() : word + " …"));
            });
  }

  private void topics(String begun) {
    commands(begun);
    if (line.expected().begun().isEmpty()) {
      terms(vocabulary.keys(), begun);
      vocabulary.fields().terms().forEach(term -> add(begun, field(term)));
    }
  }

  private void terms(Glossary glossary, String begun) {
    for (Term term : glossary.terms()) {
      if (!term.name().startsWith("<")) {
        keyword(begun, term.name(), term.meaning());
      }
    }
  }

  /** A word that may be typed in any case: in capitals if it has been begun so. */
  private void keyword(String begun, String word, String description) {
    boolean capitals = !begun.isEmpty() && Character.isUpperCase(begun.charAt(0));
    String typed = capitals ? word.toUpperCase(Locale.ROOT) : word.toLowerCase(Locale.ROOT);
    add(begun, Offer.of(typed, description));
  }

  private void fields(Argument argument, String begun) {
    for (String name : argument.choices()) {
      Optional<Term> term =
          vocabulary.fields().terms().stream().filter(t -> t.name().equals(name)).findFirst();
      add(begun, term.map(Offers::field).orElse(Offer.of(name)));
    }
  }

  /** A field; as far as the name of a header field or the like when it needs one. */
  private static Offer field(Term term) {
    int open = term.name().indexOf('<');
    return open < 0
        ? Offer.of(term.name(), term.meaning())
        : Offer.beginning(term.name().substring(0, open), term.meaning());
  }

  private void flags(Argument argument, String begun) {
    boolean flags = !argument.name().equals("keyword");
    for (Flag flag : flags ? Flag.values() : new Flag[] {}) {
      if (flag != Flag.RECENT) {
        boolean bare = flag.text().regionMatches(true, 1, begun, 0, begun.length());
        add(bare ? "" : begun, flag.text());
      }
    }
    KEYWORDS.forEach(each -> add(begun, each));
    names(ofUser(surroundings.names()::keywords, List.of()), begun, true);
  }

  private void dates(String begun) {
    add(begun, Offer.of("1d", "a day ago"));
    add(begun, Offer.of("1week", "a week ago"));
    add(begun, Offer.of("30d", "30 days ago"));
    add(begun, Offer.of(LocalDate.now(clock).toString(), "today"));
  }

  private void names(Names.Found names, String begun, boolean whole) {
    names.all().forEach(each -> add(begun, new Offer(each, "", whole)));
    note = names.note();
  }

  private Names.Found mailboxes() {
    return ofUser(surroundings.names()::mailboxes, USUAL_MAILBOXES);
  }

  /** What one user has, if it is one for whom the line is; else what is usual. */
  private Names.Found ofUser(Function<String, Names.Found> names, List<String> usual) {
    Optional<String> user = line.choosesUsers() ? line.user() : surroundings.user();
    return user.filter(name -> !UserMask.hasWildcard(name))
        .map(names)
        .orElse(new Names.Found(usual, ""));
  }

  private void options() {
    String begun = line.begun().text();
    if (!begun.startsWith("-")) {
      return;
    }
    for (Option option : line.expected().options()) {
      add(begun, Offer.of("--" + option.name(), option.help()));
      if (option.letter() != 0 && begun.length() <= 2 && !begun.equals("--")) {
        add(begun, Offer.of("-" + option.letter(), option.help()));
      }
    }
  }

  private void add(String begun, String text) {
    add(begun, Offer.of(text));
  }

  /** Adds what begins so; a name that could not be shown as it is could not be typed either. */
  private void add(String begun, Offer offer) {
    String text = offer.text();
    if (text.regionMatches(true, 0, begun, 0, begun.length())
        && Printable.line(text).equals(text)
        && text.indexOf(Printable.REPLACEMENT) < 0) {
      found.putIfAbsent(text, inList ? Offer.beginning(text, offer.description()) : offer);
    }
  }
}
