package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.protocol.Value;

/** Takes the output of a task that needs neither user nor server. Used by one thread. */
public interface LocalOutput {
  /**
   * Prints a row.
   *
   * @param values one for each column, none of them chunked
   */
  void row(List<Value> values) throws Failure, IOException;

  /** Shows what has been printed, now. */
  default void flush() throws IOException {}

  /**
   * Called wherever it may take long.
   *
   * @throws Failure when the command has been stopped
   */
  void checkpoint() throws Failure;
}
