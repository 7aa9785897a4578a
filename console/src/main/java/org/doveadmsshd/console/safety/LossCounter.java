package org.doveadmsshd.console.safety;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.doveadmsshd.brain.format.Formatter;
import org.doveadmsshd.brain.format.FormatterFactory;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/**
 * Adds the rows of a dry run up instead of printing them. The rows of a user come together, so only
 * the largest users are kept. One thread at a time.
 */
final class LossCounter implements FormatterFactory {
  private static final int LARGEST = 5;

  private final PriorityQueue<Loss> largest =
      new PriorityQueue<>(Comparator.comparingLong(Loss::bytes).thenComparing(Loss::mails));
  private String user;
  private long users;
  private long mails;
  private long bytes;
  private long mailsOfUser;
  private long bytesOfUser;

  /** What one user would lose. */
  record Loss(String user, long mails, long bytes) {}

  /** Users with at least one row. */
  long users() {
    return users;
  }

  long mails() {
    return mails;
  }

  long bytes() {
    return bytes;
  }

  /** The users who would lose most, the largest first. */
  List<Loss> largest() {
    endUser();
    return largest.stream().sorted(largest.comparator().reversed()).toList();
  }

  @Override
  public Formatter make(String name, List<Column> columns, boolean titles, Formatter.Sink nowhere) {
    return new Formatter(columns, nowhere) {
      @Override
      protected void print(Column column, Value value) {
        switch (column.key()) {
          case "username":
            beginUser(value.text());
            break;
          case "mails":
            mails += number(value);
            mailsOfUser += number(value);
            break;
          case "bytes":
            bytes += number(value);
            bytesOfUser += number(value);
            break;
          default:
        }
      }

      @Override
      protected void chunk(Column column, ByteBuffer data, boolean first, boolean last)
          throws IOException {
        // no column of a dry run is that long
      }
    };
  }

  private void beginUser(String name) {
    if (!name.equals(user)) {
      endUser();
      user = name;
      users++;
    }
  }

  private void endUser() {
    if (user != null) {
      largest.add(new Loss(user, mailsOfUser, bytesOfUser));
      if (largest.size() > LARGEST) {
        largest.remove();
      }
    }
    user = null;
    mailsOfUser = 0;
    bytesOfUser = 0;
  }

  private static long number(Value value) {
    return value == Value.ABSENT ? 0 : Long.parseLong(value.text());
  }
}
