package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Failure;

/** A command with all it needs to know, ready for any number of users. Safe for several threads. */
public interface Task {
  /** The columns of the output; none for a command that prints nothing. */
  List<Column> columns();

  /** The formatter that is used when the user chooses none. */
  String defaultFormatter();

  /** A task for one user at a time. */
  interface OfUser extends Task {
    /**
     * Carries it out.
     *
     * @throws Failure that ends the command for this user
     * @throws IOException when the output cannot be delivered any more
     */
    void run(UserContext context) throws Failure, IOException;
  }

  /** A task for a server as a whole. */
  interface OfServer extends Task {
    /** As {@link OfUser#run}. */
    void run(ServerContext context) throws Failure, IOException;
  }
}
