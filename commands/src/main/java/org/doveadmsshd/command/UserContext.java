package org.doveadmsshd.command;

import java.io.IOException;
import java.io.InputStream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.MailStore;

/**
 * The environment of a task for a user.
 *
 * @param user whose mail it is
 * @param others the mail of other users, as far as the scope allows
 * @param input what the task reads, for one that says so in {@link Task#input}
 */
public record UserContext(String user, MailStore store, Others others, Input input, Output output) {

  /** Opens another user's mail; the caller closes it. */
  public interface Others {
    /**
     * The mail of another user of the same server.
     *
     * @throws Failure when there is none, or the user is outside the scope
     */
    MailStore open(String user) throws Failure;

    /**
     * Mail in another place.
     *
     * @param user whose home {@code ~} is
     * @param location such as {@code maildir:~/old}
     * @throws Failure when it cannot be opened, or the scope does not reach there
     */
    MailStore open(String user, String location) throws Failure;
  }

  /** The input of a command. */
  @FunctionalInterface
  public interface Input {
    /** From its beginning; the caller closes it. */
    InputStream open() throws Failure, IOException;
  }
}
