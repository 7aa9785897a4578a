package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.protocol.Column;

/** A command with all it needs to know, ready for any number of users. Safe for several threads. */
public sealed interface Task {
  /** The columns of the output; none for a command that prints nothing. */
  default List<Column> columns() {
    return List.of();
  }

  /** The formatter that is used when the user chooses none. */
  default String defaultFormatter() {
    return "flow";
  }

  /**
   * The input: a file on the machine where the command was typed, {@code -} for standard input;
   * nothing for most.
   */
  default Optional<String> input() {
    return Optional.empty();
  }

  /** Whether doing it twice for a user is the same as doing it once. */
  default boolean isRepeatable() {
    return true;
  }

  /** Names of further commands that it carries out, which must be in scope, too. */
  default List<String> commands() {
    return List.of();
  }

  /** A task that needs neither user nor server: it is carried out where the command was typed. */
  non-sealed interface Local extends Task {
    /**
     * Bytes of memory that it needs while it runs, beyond what every task has.
     *
     * @throws Failure when it asks for more than is ever given
     */
    default long memory(LocalContext context) throws Failure {
      return 0;
    }

    /** As {@link OfUser#run}. */
    void run(LocalContext context) throws Failure, IOException;
  }

  /** A task for one user at a time. */
  non-sealed interface OfUser extends Task {
    /**
     * Carries it out.
     *
     * @throws Failure that ends the command for this user
     * @throws IOException when the output cannot be delivered any more
     */
    void run(UserContext context) throws Failure, IOException;
  }

  /** A task for a server as a whole. */
  non-sealed interface OfServer extends Task {
    /** As {@link OfUser#run}. */
    void run(ServerContext context) throws Failure, IOException;
  }
}
