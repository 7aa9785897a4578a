package org.doveadmsshd.console.line;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserMask;

/** Who knows names. May take its time. Safe for several threads. */
public interface NameSource {
  /**
   * Names mail users, in no order.
   *
   * @param taker what it throws ends the list
   * @throws Failure when the list cannot be had to its end
   */
  void users(UserMask mask, Consumer<String> taker) throws Failure;

  /**
   * Names a user's mailboxes.
   *
   * @param taker what it throws ends the list
   * @throws Failure when the list cannot be had to its end
   * @throws IOException the same
   */
  void mailboxes(String user, Consumer<String> taker) throws Failure, IOException;

  /**
   * Names the keywords that mails of a user have, each once.
   *
   * @param taker what it throws ends the list
   * @throws Failure when the list cannot be had to its end
   * @throws IOException the same
   */
  void keywords(String user, Consumer<String> taker) throws Failure, IOException;

  /** Names the servers that can be chosen from; at once. */
  List<String> servers();
}
