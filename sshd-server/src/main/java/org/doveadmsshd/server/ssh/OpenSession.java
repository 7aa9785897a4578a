package org.doveadmsshd.server.ssh;

import java.util.OptionalLong;
import org.apache.sshd.server.session.ServerSession;
import org.doveadmsshd.command.ServerContext.Activity.ActiveSession;

/** A shell or script, open on its channel, whose commands come one after another. */
interface OpenSession {
  long id();

  /** {@code shell} or {@code script}. */
  String kind();

  ServerSession client();

  /** Since it was opened. */
  long seconds();

  /** What it is about, besides the command that is carried out; empty if that is all. */
  String doing();

  /** What {@code who} shows. */
  default ActiveSession session() {
    return new ActiveSession(
        Long.toString(id()),
        kind(),
        client().getUsername(),
        Sessions.address(client()),
        seconds(),
        0,
        0,
        doing(),
        OptionalLong.empty());
  }

  /**
   * Ends it. Safe for several threads.
   *
   * @param why in words for the client
   * @param now whether a command that is carried out is stopped
   */
  void end(String why, boolean now);
}
