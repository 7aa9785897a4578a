package org.doveadmsshd.console.line;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.brain.Invocation;
import org.doveadmsshd.brain.Word;
import org.doveadmsshd.command.Command;

/**
 * A word that cannot be meant, whatever follows it.
 *
 * <p>The words as far as the cursor are read as they are when the line is carried out. What is said
 * of them is a mistake in them, and not just that more must follow, if the same is said whatever
 * follows.
 *
 * @param word its number
 * @param sentence what would be said if the line were carried out
 */
record Mistake(int word, String sentence) {
  /** Two beginnings of words that mean nothing. */
  private static final List<String> ANYTHING = List.of("~", "^");

  private static final List<String> SOMEBODY = List.of("-u", "~");

  /** A line with more words is only checked when it is carried out: the reader of keys waits. */
  private static final int MAX_WORDS = 1000;

  /** Has the command explained, whatever else the line says. */
  private static final String HELP = "--help";

  /** The first mistake among the words before the current one. */
  static Optional<Mistake> in(TypedLine line, Surroundings surroundings) {
    for (int i = 0; i < line.current() && !line.isStatement(); i++) {
      Optional<Failure> ofShell = line.words().get(i).mistake();
      if (ofShell.isPresent()) {
        return Optional.of(new Mistake(i, ofShell.get().getMessage()));
      }
    }
    Optional<Mistake> ofStatement =
        line.isStatement()
            ? new Reading(line, line.statement(), surroundings::check).mistake()
            : Optional.empty();
    return ofStatement.or(() -> new Reading(line, line.first(), Mistake::checkCommand).mistake());
  }

  private static void checkCommand(List<String> words) throws Failure {
    Invocation invocation = Invocation.parse(words);
    invocation
        .command()
        .prepare(invocation.words(), new Command.Time(Instant.now(), ZoneId::systemDefault));
  }

  /** Says what is wrong with words. */
  @FunctionalInterface
  private interface Check {
    void of(List<String> words) throws Failure;
  }

  /** Reads the beginning of a line, from one of its words on. */
  private static final class Reading {
    private final TypedLine line;
    private final List<String> words;
    private final int first;
    private final Check check;

    Reading(TypedLine line, int first, Check check) {
      this.line = line;
      this.words = line.words().stream().map(Word::text).toList();
      this.first = first;
      this.check = check;
    }

    Optional<Mistake> mistake() {
      int end = line.current();
      boolean lacksValue = end > 0 && line.places().get(end - 1).isForValue();
      end = lacksValue ? end - 1 : end; // any value may be a wrong one
      if (end <= first || end > MAX_WORDS || words.contains(HELP)) {
        return Optional.empty();
      }
      Optional<String> said = said(end, ANYTHING.get(0));
      if (said.isEmpty() || !said.equals(said(end, ANYTHING.get(1)))) {
        return Optional.empty();
      }
      int right = first;
      int wrong = end;
      while (wrong - right > 1) {
        int middle = (right + wrong) >>> 1;
        if (said(middle, ANYTHING.get(0)).equals(said)) {
          wrong = middle;
        } else {
          right = middle;
        }
      }
      return Optional.of(new Mistake(wrong - 1, said.get()));
    }

    /** What is said of the words before {@code end}, followed by as many others as it takes. */
    private Optional<String> said(int end, String other) {
      List<String> all = new ArrayList<>(words.subList(first, end));
      line.call()
          .filter(call -> first == line.first() && end >= call.behind())
          .filter(call -> call.manual().isPerUser() && !line.choosesUsers())
          .ifPresent(call -> all.addAll(call.behind() - first, SOMEBODY));
      for (String word : line.places().get(end - 1).missing(other)) {
        all.add(word.equals(other) ? other + all.size() : word); // no two are the same
      }
      try {
        check.of(all);
        return Optional.empty();
      } catch (Failure e) {
        return Optional.of(e.getMessage());
      }
    }
  }
}
