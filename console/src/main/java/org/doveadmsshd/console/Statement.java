package org.doveadmsshd.console;

import java.io.IOException;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.Manual;

/**
 * What a shell or script does itself, beside doveadm's commands: {@code use}, {@code set}, {@code
 * exit}. Has no state of its own.
 */
public interface Statement {
  /** Its help. Its name is one word; it is never per user. */
  Manual manual();

  /** Whether options may stand behind its words; not where these have options of their own. */
  default boolean permutesOptions() {
    return true;
  }

  /**
   * Checks it as far as that is possible without doing anything; done before it is carried out, and
   * while it is typed.
   *
   * @param words behind its name; as many as the synopsis allows
   * @throws Failure that says what is wrong with them
   */
  default void check(Words words, Session session) throws Failure {}

  /**
   * Carries it out, on the thread of the session.
   *
   * @param words behind its name, which have been checked
   * @return the exit code
   * @throws Failure that says why it cannot be done
   * @throws IOException when the console is gone
   */
  int run(Words words, Session session) throws Failure, IOException;

  /** Whether it changes nothing but what is chosen for the lines that follow. */
  default boolean onlyChooses() {
    return false;
  }
}
