package org.doveadmsshd.brain;

import java.io.IOException;
import org.doveadmsshd.brain.journal.UserEnd;

/** Hears how each user of a run ended. Several threads call. */
interface RunListener {
  /**
   * A user has come to the end; once for each.
   *
   * @throws IOException when nothing can be told any more
   */
  void ended(UserEnd end) throws IOException;
}
