package org.doveadmsshd.console.line;

import java.util.Optional;

/** What counts for a line besides its words: the state of the session it is typed in. */
public interface Surroundings {
  /** The user or mask for whom lines are that name none; nothing when it is nobody, or all. */
  Optional<String> user();

  /** Whether anything may be shown in colour. */
  boolean hasColours();

  /** Names of users, mailboxes and servers. */
  Names names();
}
