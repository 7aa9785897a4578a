package org.doveadmsshd.brain.journal;

import java.time.Instant;

/** A line of a journal behind the first one. */
public sealed interface JournalLine {
  /**
   * A user has come to the end. A later line about a user takes the place of an earlier one.
   *
   * @param position of the line in the file, in bytes
   * @param run which of the runs that have written the journal, from 1
   */
  record User(long position, int run, UserEnd end) implements JournalLine {}

  /**
   * A further run has begun, which does what is left.
   *
   * @param run its number, from 2
   * @param program name and version
   */
  record Resumed(int run, Instant at, String program, String master, String host, long process)
      implements JournalLine {}

  /**
   * A run is over.
   *
   * @param users how many the whole journal is about
   * @param failed those among them whose last outcome is not ok
   */
  record Ended(int run, Instant at, int exitCode, long users, long failed) implements JournalLine {}
}
