package org.doveadmsshd.brain.journal;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.NameTable;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;

/**
 * The last line about each user of a journal: where it stands, and with which outcome. Filled by
 * one thread; then safe for several.
 */
public final class JournalIndex implements Closeable {
  /** Of a number in the table: the position, and the outcome's code and one. */
  private static final int OUTCOME_BITS = 8;

  private final boolean eachServer;
  private final NameTable table = new NameTable();
  private int failed; // guarded by this

  /**
   * @param eachServer whether a user who is on two servers is two users
   */
  JournalIndex(boolean eachServer) {
    this.eachServer = eachServer;
  }

  /**
   * Reads a journal to its end.
   *
   * @throws Failure when it is damaged, or the table has no room on the disk
   */
  public static JournalIndex of(JournalReader reader) throws Failure {
    JournalIndex index = new JournalIndex(reader.header().eachServer());
    for (JournalLine line; (line = reader.next()) != null; ) {
      if (line instanceof JournalLine.User) {
        index.put((JournalLine.User) line);
      }
    }
    return index;
  }

  /** Takes the next line of the journal. */
  synchronized void put(JournalLine.User line) throws Failure {
    Outcome outcome = line.end().outcome();
    long value = line.position() << OUTCOME_BITS | outcome.code() + 1;
    try {
      Optional<Outcome> before =
          outcome(table.put(value, key(line.end().user(), line.end().server())));
      failed += outcome.isOk() ? 0 : 1;
      failed -= before.isPresent() && !before.get().isOk() ? 1 : 0;
    } catch (IOException e) {
      throw Failure.temporary(
          "The users of the journal cannot be kept in a temporary file (%s); nothing was done"
              .formatted(Reason.of(e)),
          e);
    }
  }

  private String[] key(String user, String server) {
    return eachServer ? new String[] {user, server} : new String[] {user};
  }

  /** How many users there are. */
  public int users() {
    return table.size();
  }

  /** For how many of them the last outcome is not ok. */
  public synchronized int failed() {
    return failed;
  }

  /** Whether no later line is about that user. */
  public boolean isLast(JournalLine.User line) {
    long last = table.get(key(line.end().user(), line.end().server()));
    return last >>> OUTCOME_BITS == line.position() && last != 0;
  }

  /** How a user ended last; nothing for one whom no line is about. */
  public Optional<Outcome> outcome(String user, String server) {
    return outcome(table.get(key(user, server)));
  }

  private static Optional<Outcome> outcome(long last) {
    return last == 0 ? Optional.empty() : Outcome.of((int) (last & (1 << OUTCOME_BITS) - 1) - 1);
  }

  @Override
  public void close() {
    table.close();
  }
}
