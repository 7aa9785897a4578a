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
