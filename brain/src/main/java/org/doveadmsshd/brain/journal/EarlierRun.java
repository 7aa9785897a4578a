package org.doveadmsshd.brain.journal;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;

/**
 * A run that is to be gone on with, and how its users ended. It is locked until it is closed, or
 * until the run that goes on with it has ended. Safe for several threads.
 */
public final class EarlierRun implements Closeable {
  private final JournalFile file;
  private final JournalHeader header;
  private final JournalIndex index;
  private final Wanted wanted;
  private final int runs;
  private final AtomicLong left = new AtomicLong();

  private EarlierRun(
      JournalFile file, JournalHeader header, JournalIndex index, Wanted wanted, int runs) {
    this.file = file;
    this.header = header;
    this.index = index;
    this.wanted = wanted;
    this.runs = runs;
  }

  /**
   * Reads it to its end, and takes away a last line that is cut. The file is closed when that
   * fails.
   */
  static EarlierRun read(JournalFile file, Wanted wanted) throws Failure {
    boolean done = false;
    try {
      JournalReader reader = JournalReader.of(file.path(), file.read());
      JournalIndex index = new JournalIndex(reader.header().eachServer());
      int runs = 1;
      for (JournalLine line; (line = reader.next()) != null; ) {
        if (line instanceof JournalLine.User) {
          index.put((JournalLine.User) line);
        } else if (line instanceof JournalLine.Resumed) {
          runs = Math.max(runs, ((JournalLine.Resumed) line).run());
        }
      }
      file.continueAt(reader.position());
      done = true;
      return new EarlierRun(file, reader.header(), index, wanted, runs);
    } catch (IOException e) {
      throw Failure.temporary(
          "The journal %s cannot be read: %s".formatted(file.path(), Reason.of(e)), e);
    } finally {
      if (!done) {
        file.close();
      }
    }
  }

  /** What the run is. */
  public JournalHeader header() {
    return header;
  }

  /** Whether a user is to be worked on. */
  public boolean isFor(String user, String server) {
    return wanted.has(index.outcome(user, server));
  }

  /** As {@link #isFor}; who is not to be worked on is counted. */
  public boolean wants(String user, String server) {
    boolean wants = isFor(user, server);
    if (!wants) {
      left.incrementAndGet();
    }
    return wants;
  }

  /** Whether anything is written down of a user. */
  public boolean knows(String user, String server) {
    return index.outcome(user, server).isPresent();
  }

  /** Of how many users something is written down. */
  public long users() {
    return index.users();
  }

  /** How many users have been left as they are. */
  public long left() {
    return left.get();
  }

  /** The number of the run that goes on with it. */
  int nextRun() {
    return runs + 1;
  }

  JournalFile file() {
    return file;
  }

  /** How a user ended before, as far as it was written down. */
  Optional<Outcome> before(UserEnd end) {
    return index.outcome(end.user(), end.server());
  }

  /** Users of whom something is written down. */
  Tally tally() {
    return new Tally(index.users(), index.failed());
  }

  /** Closes the file, unless a run goes on with it. */
  @Override
  public void close() {
    file.close();
    index.close();
  }
}
