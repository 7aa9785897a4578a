package org.doveadmsshd.base.options;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which words may stand behind a command: a tree of {@link Argument}s, from which help is printed.
 * Immutable.
 */
public sealed interface Syntax
    permits Argument, Syntax.Choice, Syntax.Literal, Syntax.Sequence, Syntax.Repetition {
  /** More words than anybody gives. */
  int MANY = Integer.MAX_VALUE;

  /** As help shows it: {@code <mailbox> [...]}; empty for no words at all. */
  String text();

  /** How many words there are at least. */
  int least();

  /** How many words there are at most; {@link #MANY} for any number. */
  int most();

  /** The arguments in it, from left to right; one that may be repeated stands there once. */
  List<Argument> arguments();

  /** Whether there may be so many words. */
  default boolean takes(int words) {
    return words >= least() && words <= most();
  }

  /** Whether it has an argument of a kind. */
  default boolean has(Argument.Kind kind) {
    return arguments().stream().anyMatch(argument -> argument.kind() == kind);
  }

  /** No words. */
  Syntax NOTHING = new Sequence(List.of());

  /** One behind the other. */
  static Syntax of(Syntax... parts) {
    return parts.length == 1 ? parts[0] : new Sequence(List.of(parts));
  }

  /** Such words or none. */
  static Syntax maybe(Syntax... parts) {
    return new Repetition(of(parts), true, false);
  }

  /** Such words, once or more often. */
  static Syntax several(Syntax... parts) {
    return new Repetition(of(parts), false, true);
  }

  /** Such words, as often as one likes. */
  static Syntax anyNumber(Syntax... parts) {
    return new Repetition(of(parts), true, true);
  }

  /** One of them. */
  static Syntax either(Syntax... parts) {
    return new Choice(List.of(parts));
  }

  /** One of these very words. */
  static Syntax word(String... words) {
    List<Syntax> parts = Stream.of(words).<Syntax>map(Literal::new).toList();
    return parts.size() == 1 ? parts.get(0) : new Choice(parts);
  }

  /** {@code user}: this very word. */
  record Literal(String text) implements Syntax {
    @Override
    public int least() {
      return 1;
    }

    @Override
    public int most() {
      return 1;
    }

    @Override
    public List<Argument> arguments() {
      return List.of();
    }
  }

  /** {@code <a>|<b>}: one or the other. */
  record Choice(List<Syntax> parts) implements Syntax {
    public Choice {
      parts = List.copyOf(parts);
    }

    @Override
    public String text() {
      return String.join("|", parts.stream().map(Syntax::text).toList());
    }

    @Override
    public int least() {
      return parts.stream().mapToInt(Syntax::least).min().orElse(0);
    }

    @Override
    public int most() {
      return parts.stream().mapToInt(Syntax::most).max().orElse(0);
    }

    @Override
    public List<Argument> arguments() {
      return parts.stream().flatMap(part -> part.arguments().stream()).toList();
    }
  }

  /** {@code <a> <b>}. */
  record Sequence(List<Syntax> parts) implements Syntax {
    public Sequence {
      parts = List.copyOf(parts);
    }

    @Override
    public String text() {
      return String.join(" ", parts.stream().map(Syntax::text).toList());
    }

    @Override
    public int least() {
      return parts.stream().mapToInt(Syntax::least).sum();
    }

    @Override
    public int most() {
      long sum = parts.stream().mapToLong(Syntax::most).sum();
      return (int) Math.min(sum, MANY);
    }

    @Override
    public List<Argument> arguments() {
      List<Argument> all = new ArrayList<>();
      parts.forEach(part -> all.addAll(part.arguments()));
      return all;
    }
  }

  /**
   * {@code [<a>]}, {@code <a> [...]} or {@code [<a> ...]}.
   *
   * @param optional whether it may be left out
   * @param repeated whether it may come again
   */
  record Repetition(Syntax inside, boolean optional, boolean repeated) implements Syntax {
    @Override
    public String text() {
      if (!optional) {
        return inside.text() + " [...]";
      }
      return "[" + inside.text() + (repeated ? " ...]" : "]");
    }

    @Override
    public int least() {
      return optional ? 0 : inside.least();
    }

    @Override
    public int most() {
      return repeated ? MANY : inside.most();
    }

    @Override
    public List<Argument> arguments() {
      return inside.arguments();
    }
  }
}
