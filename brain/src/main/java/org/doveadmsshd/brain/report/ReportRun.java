package org.doveadmsshd.brain.report;

import java.time.Instant;
import java.util.OptionalInt;
import org.doveadmsshd.brain.journal.JournalHeader;
import org.doveadmsshd.brain.journal.JournalLine;

/** One run of a journal: the first, or one that has gone on with it. For one thread. */
final class ReportRun {
  private final String journal;
  private final JournalHeader header;
  private final boolean isResumed;
  private final Instant started;
  private final String program;
  private final String master;
  private final String host;
  private long users;
  private boolean isLast = true;
  private Instant ended;
  private int exitCode;

  /** The run that has begun a journal. */
  ReportRun(String journal, JournalHeader header) {
    this.journal = journal;
    this.header = header;
    isResumed = false;
    started = header.started();
    program = header.program();
    master = header.master();
    host = header.host();
  }

  /** A run that goes on with the journal of another. */
  ReportRun(ReportRun before, JournalLine.Resumed line) {
    journal = before.journal;
    header = before.header;
    isResumed = true;
    started = line.at();
    program = line.program();
    master = line.master();
    host = line.host();
    before.isLast = false;
  }

  void addUser() {
    users++;
  }

  void end(JournalLine.Ended line) {
    ended = line.at();
    exitCode = line.exitCode();
  }

  /** The file. */
  String journal() {
    return journal;
  }

  JournalHeader header() {
    return header;
  }

  boolean isResumed() {
    return isResumed;
  }

  /** Whether no later run has gone on with the journal. */
  boolean isLast() {
    return isLast;
  }

  Instant started() {
    return started;
  }

  String program() {
    return program;
  }

  String master() {
    return master;
  }

  String host() {
    return host;
  }

  /** How many users have come to the end in it. */
  long users() {
    return users;
  }

  /** Null when it goes on, or was killed. */
  Instant ended() {
    return ended;
  }

  /** Nothing when it has not ended. */
  OptionalInt exitCode() {
    return ended == null ? OptionalInt.empty() : OptionalInt.of(exitCode);
  }
}
