package org.doveadmsshd.console.line;

import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;

/** What counts for a line besides its words: the state of the session it is typed in. */
public interface Surroundings {
  /** The user or mask for whom lines are that name none; nothing when it is nobody, or all. */
  Optional<String> user();

  /** Whether anything may be shown in colour. */
  boolean hasColours();

  /**
   * Checks a line with a command that is not doveadm's, as it is when it is carried out.
   *
   * @throws Failure that says what is wrong with it
   */
  void check(List<String> words) throws Failure;

  /** Names of users, mailboxes and servers. */
  Names names();
}
