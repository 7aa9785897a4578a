package org.doveadmsshd.console.line;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Term;

/**
 * What may stand at a place in a line.
 *
 * @param leaves one of these
 * @param options or one of these
 * @param begun the words before that belong to the same name, each with a space behind it: {@code
 *     "mailbox "}
 */
record Expected(List<Leaf> leaves, List<Option> options, String begun) {
  static final Expected NOTHING = new Expected(List.of(), List.of(), "");

  /**
   * A word that may stand there.
   *
   * @param syntax an argument or a literal
   * @param term the search key that it belongs to
   * @param option the option whose value it is
   */
  record Leaf(Syntax syntax, Optional<Term> term, Optional<Option> option) {
    static Leaf valueOf(Option option, Argument value) {
      return new Leaf(value, Optional.empty(), Optional.of(option));
    }

    /** The argument; nothing for a literal. */
    Optional<Argument> argument() {
      return syntax instanceof Argument ? Optional.of((Argument) syntax) : Optional.empty();
    }
  }

  Expected {
    leaves = List.copyOf(leaves);
    options = List.copyOf(options);
  }

  static Expected value(Option option, Argument value) {
    return new Expected(List.of(Leaf.valueOf(option, value)), List.of(), "");
  }

  /** This, or else the other. */
  Expected or(Expected other) {
    List<Leaf> both = new ArrayList<>(leaves);
    both.addAll(other.leaves);
    List<Option> all = new ArrayList<>(options);
    all.addAll(other.options);
    return new Expected(both, all, begun + other.begun);
  }

  /** The first argument that may stand there. */
  Optional<Leaf> first() {
    return leaves.stream().filter(leaf -> leaf.argument().isPresent()).findFirst();
  }
}
