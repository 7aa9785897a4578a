package org.doveadmsshd.command;

import java.time.Instant;
import java.time.ZoneId;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Words;

/** A doveadm command. Immutable and known to brain and worker alike. */
public interface Command {
  /** Name, options and description of the command. */
  Manual manual();

  /** One or two words: {@code mailbox list}. */
  default String name() {
    return manual().name();
  }

  /** What to say when the words behind the command are too few or too many. */
  default Failure misused() {
    return misused("");
  }

  /**
   * As {@link #misused()}.
   *
   * @param options those to name, each with a space behind it
   */
  default Failure misused(String options) {
    return Failure.usage("Usage: doveadm " + name() + " " + options + manual().synopsis().text());
  }

  /**
   * Checks that the words behind the command are as many as its synopsis has.
   *
   * @param options those that the message names, with a space behind each
   */
  default void checkNumber(Words words, String options) throws Failure {
    if (!manual().synopsis().takes(words.positionals().size())) {
      throw misused(options);
    }
  }

  /** As {@link #checkNumber(Words, String)}; the message names no options. */
  default void checkNumber(Words words) throws Failure {
    checkNumber(words, "");
  }

  /** Whether options may stand behind positionals. */
  default boolean permutesOptions() {
    return true;
  }

  /**
   * Checks the words and makes a task of them.
   *
   * @param words options and positionals of this command
   * @param time the moment that dates in the words count from
   * @throws Failure that says what is wrong with them; nothing has happened then
   */
  Task prepare(Words words, Time time) throws Failure;

  /**
   * How the words of a command line are read.
   *
   * @param now the moment the run began
   * @param zone whose midnight begins a day
   * @param doubts told, in a sentence, of words that are right but may not be what was meant
   */
  record Time(Instant now, Supplier<ZoneId> zone, Consumer<String> doubts) {
    /** For words that have been read before: doubts are not told again. */
    public Time(Instant now, Supplier<ZoneId> zone) {
      this(now, zone, doubt -> {});
    }
  }
}
