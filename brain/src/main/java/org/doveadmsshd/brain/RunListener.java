package org.doveadmsshd.brain;

import java.io.IOException;
import org.doveadmsshd.protocol.Message;

/** Hears how each user of a run ended. Several threads call. */
interface RunListener {
  /**
   * A user has come to the end; once for each.
   *
   * @param user empty for a command about servers
   * @param server where that was; null when no server is meant for the user
   * @param done how it has ended; CANCELLED also when it has not been begun
   * @param attempts how often a worker has been asked, 0 for not at all
   * @throws IOException when nothing can be told any more
   */
  void ended(String user, Server server, Message.Done done, int attempts) throws IOException;
}
