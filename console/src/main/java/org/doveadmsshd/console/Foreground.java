package org.doveadmsshd.console;

import java.io.IOException;
import java.util.function.Consumer;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;

/** Where a command is carried out while the session waits for its end. */
@FunctionalInterface
public interface Foreground {
  /**
   * Waits until it has ended, or until nobody wants to wait any longer.
   *
   * @return the exit code
   * @throws IOException when the console is gone
   */
  int run(Console console, Work work) throws IOException;

  /** What is carried out. */
  @FunctionalInterface
  interface Work {
    /**
     * Carries it out.
     *
     * @param started takes the run before it begins
     */
    int run(Console console, Consumer<Running> started) throws IOException;

    /** What becomes of its output. */
    default Output output() {
      return Output.UNPAGED;
    }
  }

  /** What becomes of the output of something that is carried out. */
  enum Output {
    /** It does not go to the terminal, or is shown as it comes, however long it is. */
    UNPAGED,
    /** It is shown; whatever prints it goes on when nobody wants to see more. */
    SHOWN,
    /** It is shown, and is what it is all about: nobody needs the rest of it unseen. */
    WANTED
  }

  /** On the thread of the session, which nobody interrupts. */
  Foreground DIRECT = (console, work) -> work.run(console, running -> {});
}
