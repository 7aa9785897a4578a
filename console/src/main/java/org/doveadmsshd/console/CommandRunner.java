package org.doveadmsshd.console;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.command.Manual;

/**
 * Where the command lines of a shell or script are carried out: by the brain of a server for the
 * master user who has logged in there, or by that of {@code doveadm-ssh} on its servers. Safe for
 * several threads.
 */
public interface CommandRunner {
  /** The master user, for the prompt and to keep histories apart; never empty. */
  String master();

  /**
   * Carries out the words after {@code doveadm}, accounted for as a command of its own.
   *
   * @param servers those to work on, of {@link #servers}; all when there are none
   * @param started takes the run before it begins, to watch or stop it
   * @return the exit code
   * @throws IOException when the console is gone; the run has been stopped then
   */
  int run(List<String> words, List<String> servers, Console console, Consumer<Running> started)
      throws IOException;

  /** The commands that it has besides doveadm's; the name of each is one word. */
  default List<Manual> own() {
    return List.of();
  }

  /** What a shell or script keeps of results is drawn on this. */
  MemoryBudget.Share memory();

  /**
   * Makes a file of whoever types, or empties it.
   *
   * @throws Failure where nobody may have files written: on a server
   */
  default OutputStream create(String file) throws Failure, IOException {
    throw Failure.usage(
        "The server writes no files for you; run the command without a shell: ssh … doveadm … > "
            + file);
  }

  /** Names of the servers that can be chosen from; none where there is nothing to choose. */
  List<String> servers();

  /**
   * Names the mail users that the master may see, in no order.
   *
   * @param taker may block; what it throws ends the list
   * @throws Failure when the list cannot be had to its end
   */
  void listUsers(UserMask mask, Consumer<String> taker) throws Failure;
}
