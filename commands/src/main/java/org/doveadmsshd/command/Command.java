package org.doveadmsshd.command;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.doveadmsshd.protocol.Failure;

/** A doveadm command. Immutable and known to brain and worker alike. */
public interface Command {
  /** One or two words: {@code mailbox list}. */
  String name();

  /** What follows the name and the options: {@code <fields> <search query>}. */
  String synopsis();

  /** One line for the list of commands. */
  String summary();

  /** Paragraphs for {@code doveadm help}. */
  String description();

  /** The command's own options; those that choose users are the brain's. */
  List<Option> options();

  /** Whether it is carried out for users; if not, once for each server. */
  boolean isPerUser();

  /**
   * Checks the words and makes a task of them.
   *
   * @param words options and positionals of this command
   * @param time what dates in the words count from
   * @throws Failure that says what is wrong with them; nothing has happened then
   */
  Task prepare(Words words, Time time) throws Failure;

  /** The moment a run began, and whose midnight begins a day. */
  record Time(Instant now, ZoneId zone) {}
}
