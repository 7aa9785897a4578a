package org.doveadmsshd.console.line;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.command.Manual;

/** A place between words. Immutable; each word leads to the next one. */
interface Place {
  /** What may stand here. */
  Expected expected();

  /** Reads the word that stands here. */
  Step take(String word);

  /**
   * So many more words that a line of them says something.
   *
   * @param any stands for each of which there are many
   */
  List<String> missing(String any);

  /** Whether the value of an option must stand here. */
  default boolean isForValue() {
    return false;
  }

  /**
   * A word that has been read.
   *
   * @param value what has been chosen with it, if it is the value of an option
   */
  record Step(Role role, Place next, Optional<Value> value) {
    Step(Role role, Place next) {
      this(role, next, Optional.empty());
    }
  }

  /** The value of an option; the empty string for one that takes none. */
  record Value(Option option, String text) {}

  /** Behind a word that nobody knows. */
  record Lost() implements Place {
    @Override
    public Expected expected() {
      return Expected.NOTHING;
    }

    @Override
    public Step take(String word) {
      return new Step(Role.UNKNOWN, this);
    }

    @Override
    public List<String> missing(String any) {
      return List.of();
    }
  }

  /** Before a command, among the options that belong to none. */
  record BeforeCommand(Vocabulary vocabulary) implements Place {
    private static final Argument COMMAND = Kind.COMMAND.named("command");

    private static final Expected EXPECTED =
        new Expected(
            List.of(new Expected.Leaf(COMMAND, Optional.empty(), Optional.empty())),
            CommandLineOptions.GLOBAL,
            "");

    @Override
    public Expected expected() {
      return EXPECTED;
    }

    @Override
    public Step take(String word) {
      return OptionWord.isOne(word)
          ? OptionWord.take(word, CommandLineOptions.GLOBAL, this)
          : new InName(vocabulary, "").take(word);
    }

    @Override
    public List<String> missing(String any) {
      return List.of(any);
    }
  }

  /**
   * Within the name of a command.
   *
   * @param begun its words, each with a space behind it
   */
  record InName(Vocabulary vocabulary, String begun) implements Place {
    @Override
    public Expected expected() {
      Expected command = BeforeCommand.EXPECTED;
      Expected second = new Expected(command.leaves(), List.of(), begun);
      return known().map(after -> after.expected().or(second)).orElse(second);
    }

    @Override
    public Step take(String word) {
      String name = begun + word;
      boolean goesOn = vocabulary.begins(name + " ");
      if (goesOn) {
        return new Step(Role.COMMAND, new InName(vocabulary, name + " "));
      }
      Optional<Manual> manual = vocabulary.find(name);
      if (manual.isPresent()) {
        return new Step(Role.COMMAND, InCommand.of(vocabulary, manual.get()));
      }
      return known().map(after -> after.take(word)).orElse(new Step(Role.UNKNOWN, new Lost()));
    }

    @Override
    public List<String> missing(String any) {
      return List.of(any);
    }

    /** Behind the command whose name is what has been read. */
    private Optional<Place> known() {
      return vocabulary.find(begun.strip()).map(manual -> InCommand.of(vocabulary, manual));
    }
  }

  /** Where the value of an option stands. */
  record OptionValue(Option option, Place after) implements Place {
    @Override
    public Expected expected() {
      return Expected.value(option, option.argument().orElseThrow());
    }

    @Override
    public boolean isForValue() {
      return true;
    }

    @Override
    public Step take(String word) {
      return new Step(Role.ARGUMENT, after, Optional.of(new Value(option, word)));
    }

    @Override
    public List<String> missing(String any) {
      List<String> words = new ArrayList<>(after.missing(any));
      words.add(0, any);
      return words;
    }
  }

  /**
   * Behind the name of a command.
   *
   * @param kinds of all its arguments
   * @param options that may still come
   * @param rests arguments that may still come
   * @param before the argument before, with a space behind it; empty at first
   */
  record InCommand(
      Vocabulary vocabulary,
      Manual manual,
      Set<Kind> kinds,
      List<Option> options,
      List<Rest> rests,
      String before)
      implements Place {

    static InCommand of(Vocabulary vocabulary, Manual manual) {
      return new InCommand(
          vocabulary,
          manual,
          manual.synopsis().arguments().stream().map(Argument::kind).collect(Collectors.toSet()),
          CommandLineOptions.behind(manual),
          List.of(Rest.END.behind(manual.synopsis(), null)),
          "");
    }

    @Override
    public Expected expected() {
      List<Expected.Leaf> leaves = vocabulary.grammar().leaves(rests);
      Expected own = new Expected(leaves, options, kinds.contains(Kind.TOPIC) ? before : "");
      boolean command = vocabulary.grammar().command(rests).isPresent();
      return command ? new BeforeCommand(vocabulary).expected().or(own) : own;
    }

    @Override
    public Step take(String word) {
      if (!options.isEmpty() && word.equals("--")) {
        return new Step(Role.OPTION, with(List.of(), rests, before));
      }
      if (!options.isEmpty() && OptionWord.isOne(word)) {
        return OptionWord.take(word, options, this);
      }
      boolean commands = kinds.contains(Kind.COMMAND);
      Optional<Rest> behindCommand =
          commands ? vocabulary.grammar().command(rests) : Optional.empty();
      if (behindCommand.isPresent()) {
        return InnerCommand.of(this, behindCommand.get()).take(word);
      }
      Grammar.Taken taken = vocabulary.grammar().take(rests, word);
      String read = (kinds.contains(Kind.TOPIC) ? before : "") + word + " ";
      return new Step(taken.role(), with(commands ? List.of() : options, taken.rests(), read));
    }

    @Override
    public List<String> missing(String any) {
      return rests.stream()
          .map(rest -> rest.missing(any))
          .min(Comparator.comparingInt(List::size))
          .orElse(List.of());
    }

    InCommand with(List<Option> options, List<Rest> rests, String before) {
      return new InCommand(vocabulary, manual, kinds, options, rests, before);
    }
  }

  /**
   * Within a command that is an argument of another one. If anything may follow it there, it ends
   * at the word that stood before it.
   *
   * @param end the word; nothing when it goes on to the end of the line
   */
  record InnerCommand(InCommand outer, Rest after, Optional<String> end, Place inside)
      implements Place {
    static InnerCommand of(InCommand outer, Rest after) {
      boolean ends = after.next() != null && !outer.before().isEmpty();
      return new InnerCommand(
          outer,
          after,
          ends ? Optional.of(outer.before().strip()) : Optional.empty(),
          new BeforeCommand(outer.vocabulary()));
    }

    @Override
    public Expected expected() {
      return inside.expected();
    }

    @Override
    public Step take(String word) {
      if (end.isPresent() && end.get().equals(word)) {
        Place next = outer.with(List.of(), List.of(after), "").take(word).next();
        return new Step(Role.OPERATOR, next);
      }
      Step step = inside.take(word);
      return new Step(step.role(), new InnerCommand(outer, after, end, step.next()), step.value());
    }

    @Override
    public List<String> missing(String any) {
      return inside.missing(any);
    }

    @Override
    public boolean isForValue() {
      return inside.isForValue();
    }
  }
}
