package org.doveadmsshd.console.line;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Glossary;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Term;

/**
 * Reads the words behind a command by its {@link Syntax}, one after another. Where several readings
 * are possible all of them are followed, but a word that stands for itself is never taken for
 * another. Nothing is ever wrong: what comes behind an unknown word is read as well as it can be.
 */
final class Grammar {
  /** Deepest nesting that is followed, as deep as queries may be. */
  private static final int MAX_DEPTH = 400;

  /** Most readings that are followed. */
  private static final int MAX_READINGS = 16;

  private static final Argument KEY = Kind.SEARCH_KEY.named("search key");
  private static final Syntax QUERY =
      Syntax.of(KEY, Syntax.anyNumber(Syntax.maybe(Syntax.word("OR")), KEY));
  private static final Syntax PARTS = Syntax.several(Kind.PART_KEY.named("key"));
  private static final Syntax CLOSE = Syntax.word(")");

  private final Map<String, Term> keys;
  private final Map<String, Term> partKeys;

  Grammar(Glossary keys, Glossary partKeys) {
    this.keys = byName(keys);
    this.partKeys = byName(partKeys);
  }

  private static Map<String, Term> byName(Glossary glossary) {
    return glossary.terms().stream()
        .collect(Collectors.toMap(term -> term.name().toUpperCase(Locale.ROOT), term -> term));
  }

  /** What a word turned out to be, and what may follow it. */
  record Taken(Role role, List<Rest> rests) {}

  /** How sure it is that a word is what it is taken for. */
  private enum Certainty {
    ITSELF,
    ANYTHING,
    MISTAKEN
  }

  /** The readings of one word, of which only the most certain are kept. */
  private static final class Readings {
    private Certainty certainty = Certainty.MISTAKEN;
    private Role role = Role.UNKNOWN;
    private final List<Rest> rests = new ArrayList<>();

    void add(Certainty certainty, Role role, Rest after) {
      boolean better = certainty.compareTo(this.certainty) < 0;
      if (better) {
        rests.clear();
        this.certainty = certainty;
      }
      if (better || rests.isEmpty()) {
        this.role = role;
      }
      if (certainty == this.certainty && rests.size() < MAX_READINGS && !rests.contains(after)) {
        rests.add(after);
      }
    }
  }

  /** Reads a word. */
  Taken take(List<Rest> rests, String word) {
    Readings readings = new Readings();
    rests.forEach(rest -> read(rest, word, readings));
    return new Taken(readings.role, readings.rests);
  }

  private void read(Rest rest, String word, Readings readings) {
    Syntax first = rest.first();
    if (rest.next() == null || rest.depth() > MAX_DEPTH) {
      return;
    }
    if (first instanceof Syntax.Literal) {
      if (((Syntax.Literal) first).text().equalsIgnoreCase(word)) {
        readings.add(Certainty.ITSELF, Role.OPERATOR, rest.next());
      }
    } else if (first instanceof Argument) {
      argument((Argument) first, rest, word, readings);
    } else {
      for (Rest inside : opened(rest)) {
        read(inside, word, readings);
      }
    }
  }

  /** What a sequence, choice or repetition at the front may be. */
  private static List<Rest> opened(Rest rest) {
    List<Rest> opened = new ArrayList<>();
    if (rest.first() instanceof Syntax.Choice) {
      ((Syntax.Choice) rest.first())
          .parts()
          .forEach(part -> opened.add(rest.next().behind(part, rest.term())));
    } else if (rest.first() instanceof Syntax.Repetition) {
      Syntax.Repetition loop = (Syntax.Repetition) rest.first();
      Syntax again = new Syntax.Repetition(loop.inside(), true, true);
      Rest after = loop.repeated() ? rest.next().behind(again, rest.term()) : rest.next();
      opened.add(after.behind(loop.inside(), rest.term()));
      if (loop.optional()) {
        opened.add(rest.next());
      }
    } else {
      Rest all = rest.next();
      List<Syntax> parts = ((Syntax.Sequence) rest.first()).parts();
      for (int i = parts.size() - 1; i >= 0; i--) {
        all = all.behind(parts.get(i), rest.term());
      }
      opened.add(all);
    }
    return opened;
  }

  private void argument(Argument argument, Rest rest, String word, Readings readings) {
    Rest next = rest.next();
    switch (argument.kind()) {
      case QUERY, NARROW_QUERY -> read(next.behind(QUERY, rest.term()), word, readings);
      case SEARCH_KEY -> key(keys, QUERY, next, word, readings);
      case PART_KEY -> key(partKeys, PARTS, next, word, readings);
      case TOPIC ->
          readings.add(
              Certainty.ANYTHING, Role.ARGUMENT, next.behind(Syntax.maybe(argument), rest.term()));
      case COMMAND -> {} // begins a line of its own
      case CHOICE -> {
        boolean known = argument.choices().stream().anyMatch(word::equalsIgnoreCase);
        readings.add(known ? Certainty.ITSELF : Certainty.MISTAKEN, role(known), next);
      }
      default -> readings.add(Certainty.ANYTHING, Role.ARGUMENT, next);
    }
  }

  private static Role role(boolean known) {
    return known ? Role.ARGUMENT : Role.UNKNOWN;
  }

  private static void key(
      Map<String, Term> known, Syntax group, Rest next, String word, Readings readings) {
    Term term = known.get(word.toUpperCase(Locale.ROOT));
    if (word.equals("(")) {
      Rest closed = next.behind(CLOSE, null);
      readings.add(Certainty.ITSELF, Role.OPERATOR, closed.behind(group, null));
    } else if (term != null) {
      boolean joins = term.arguments().has(Kind.SEARCH_KEY) || term.arguments().has(Kind.PART_KEY);
      readings.add(
          Certainty.ITSELF, joins ? Role.OPERATOR : Role.KEY, next.behind(term.arguments(), term));
    } else {
      boolean set = isSet(word);
      readings.add(
          set ? Certainty.ITSELF : Certainty.MISTAKEN, set ? Role.KEY : Role.UNKNOWN, next);
    }
  }

  /** Whether a word looks like sequence numbers, {@code 1,5:9,12:*}. */
  private static boolean isSet(String word) {
    return !word.isEmpty()
        && word.chars().allMatch(c -> c >= '0' && c <= '9' || ",:*".indexOf(c) >= 0);
  }

  /** The words that may come next. */
  List<Expected.Leaf> leaves(List<Rest> rests) {
    List<Expected.Leaf> leaves = new ArrayList<>();
    rests.forEach(rest -> gather(rest, leaves));
    return leaves;
  }

  private static void gather(Rest rest, List<Expected.Leaf> leaves) {
    if (rest.next() == null || rest.depth() > MAX_DEPTH || leaves.size() >= MAX_READINGS) {
      return;
    }
    Syntax first = rest.first();
    if (first instanceof Argument && isQuery((Argument) first)) {
      gather(rest.next().behind(QUERY, rest.term()), leaves);
    } else if (first instanceof Argument || first instanceof Syntax.Literal) {
      Expected.Leaf leaf =
          new Expected.Leaf(first, Optional.ofNullable(rest.term()), Optional.empty());
      if (!leaves.contains(leaf)) {
        leaves.add(leaf);
      }
    } else {
      opened(rest).forEach(inside -> gather(inside, leaves));
    }
  }

  private static boolean isQuery(Argument argument) {
    return argument.kind() == Kind.QUERY || argument.kind() == Kind.NARROW_QUERY;
  }

  /** Whether a command may come next; if so, what may follow it. */
  Optional<Rest> command(List<Rest> rests) {
    for (Rest rest : rests) {
      Optional<Rest> found = command(rest);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<Rest> command(Rest rest) {
    if (rest.next() == null || rest.depth() > MAX_DEPTH || rest.first() instanceof Syntax.Literal) {
      return Optional.empty();
    }
    if (rest.first() instanceof Argument) {
      boolean command = ((Argument) rest.first()).kind() == Kind.COMMAND;
      return command ? Optional.of(rest.next()) : Optional.empty();
    }
    return opened(rest).stream().map(Grammar::command).flatMap(Optional::stream).findFirst();
  }
}
