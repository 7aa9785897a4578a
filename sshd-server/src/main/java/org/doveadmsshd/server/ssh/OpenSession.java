package org.doveadmsshd.server.ssh;

import org.doveadmsshd.command.ServerContext.Activity.ActiveSession;

/** A shell or script, open on its channel, whose commands come one after another. */
interface OpenSession {
  long id();

  /** What {@code who} shows. */
  ActiveSession session();

  /**
   * Ends it. Safe for several threads.
   *
   * @param why in words for the client
   * @param now whether a command that is carried out is stopped
   */
  void end(String why, boolean now);
}
