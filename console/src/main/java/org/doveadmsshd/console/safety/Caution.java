package org.doveadmsshd.console.safety;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;

/** What is done before a command that takes mails of several users away. */
public interface Caution {
  /** Nothing: whoever has written the command meant it. */
  Caution NONE =
      new Caution() {
        @Override
        public OptionalInt before(Removal removal, Console console, Lines lines) {
          return OptionalInt.empty();
        }
      };

  /** It must say {@code --yes}: nobody is there who could be asked. */
  Caution WANTS_YES =
      new Caution() {
        @Override
        public void check(Removal removal) throws Failure {
          throw Failure.usage(
              "%s takes mails of several users away, and nobody can be asked (scripts_ask = yes);"
                      .formatted(removal.command())
                  + " nothing was done. If it is meant, say --yes behind it");
        }

        @Override
        public OptionalInt before(Removal removal, Console console, Lines lines)
            throws IOException {
          try {
            check(removal);
            return OptionalInt.empty();
          } catch (Failure e) {
            console.complain(e.getMessage());
            return OptionalInt.of(e.outcome().exitCode());
          }
        }
      };

  /** Carries out lines beside the one in question. */
  @FunctionalInterface
  interface Lines {
    /**
     * Carries out the words after {@code doveadm}.
     *
     * @param seen takes the run before it begins, and gives what may be stopped in its place
     * @return the exit code
     * @throws IOException when the console is gone
     */
    int run(List<String> words, Console console, UnaryOperator<Running> seen) throws IOException;
  }

  /**
   * Says what is known of a command before it is its turn.
   *
   * @throws Failure when it would be refused, and nobody asked
   */
  default void check(Removal removal) throws Failure {}

  /**
   * Decides about a command.
   *
   * @param lines carries out what has to be known before
   * @return the exit code instead of that of the command; nothing when it may be done
   * @throws IOException when the console is gone
   */
  OptionalInt before(Removal removal, Console console, Lines lines) throws IOException;
}
