package org.doveadmsshd.command;

import java.util.List;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;

/**
 * The help of a command.
 *
 * @param name one or two words: {@code mailbox list}
 * @param synopsis what follows the name and the options
 * @param summary one line for the list of commands
 * @param description paragraphs
 * @param options the command's own; those that choose users are the brain's
 * @param isPerUser whether it is carried out for users; if not, once for each server
 * @param access which kind of scope covers it
 */
public record Manual(
    String name,
    Syntax synopsis,
    String summary,
    String description,
    List<Option> options,
    boolean isPerUser,
    Access access) {
  public Manual {
    options = List.copyOf(options);
  }

  /** Whether it changes nothing, and carries out no other command that might. */
  public boolean onlyReads() {
    return access == Access.READ && !synopsis.has(Kind.COMMAND);
  }

  /** Whether the command, or one that it carries out, may take mails away. */
  public boolean mayTakeAway() {
    return access == Access.DELETE || synopsis.has(Kind.COMMAND);
  }
}
