package org.doveadmsshd.command;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;

/** Takes the output of a task. Used by one thread. */
public interface Output {
  /**
   * Prints a row.
   *
   * @param mailbox that it is about; null where it is about none
   * @param values one for each column
   */
  default void row(String mailbox, List<Value> values) throws Failure, IOException {
    row(mailbox, values, List.of());
  }

  /**
   * Prints a row with long values.
   *
   * @param streams one for each {@link Value#CHUNKED}, in order; read to their end, not closed
   * @throws Failure when a mail cannot be read further; the row is complete then, with less in it
   */
  void row(String mailbox, List<Value> values, List<InputStream> streams)
      throws Failure, IOException;

  /** Adds to a counter, such as {@code expunged} or {@code matched}. */
  void count(String what, long number);

  /** Tells how far a long command has come. Cheap to call often. */
  void progress(long done, long total) throws IOException;

  /** Tells the administrator something. */
  void log(Message.Log.Level level, String text) throws IOException;

  /**
   * Notes that a part of the work failed while the rest goes on: it is logged, and the command ends
   * with the first such failure.
   */
  void failed(Failure failure) throws IOException;

  /** Whether a part of the work has failed so far. */
  boolean hasFailed();

  /**
   * Called between mails and wherever it may take long.
   *
   * @throws Failure when the request was cancelled or its deadline has passed
   */
  void checkpoint() throws Failure;
}
