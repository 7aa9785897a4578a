package org.doveadmsshd.command;

import java.time.Instant;
import java.time.ZoneId;
import java.util.function.Supplier;
import org.doveadmsshd.base.Failure;

/** A doveadm command. Immutable and known to brain and worker alike. */
public interface Command {
  /** What there is to know about the command. */
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
   * @param time what dates in the words count from
   * @throws Failure that says what is wrong with them; nothing has happened then
   */
  Task prepare(Words words, Time time) throws Failure;

  /** The moment a run began, and whose midnight begins a day. */
  record Time(Instant now, Supplier<ZoneId> zone) {}
}
