package org.doveadmsshd.worker;

import java.util.Set;
import org.doveadmsshd.protocol.Message;

/**
 * The states of a lane in the order in which it goes through them, and which messages of the peer
 * are legal in each. AUTHENTICATION is skipped for a peer that is known.
 */
enum LaneState {
  HELLO(Set.of(Message.Hello.class)),
  AUTHENTICATION(
      Set.of(
          Message.Authenticate.class,
          Message.Response.class,
          Message.ActFor.class,
          Message.Ping.class)),
  READY(
      Set.of(
          Message.Run.class,
          Message.ListUsers.class,
          Message.Input.class,
          Message.Cancel.class,
          Message.Clock.class,
          Message.Ping.class,
          Message.ActFor.class)),
  /** Nothing that still arrives is looked at. */
  CLOSED(Set.of());

  private final Set<Class<? extends Message>> inOrder;

  LaneState(Set<Class<? extends Message>> inOrder) {
    this.inOrder = inOrder;
  }

  /** An ERROR of the peer is in order always. */
  boolean admits(Message message) {
    return message instanceof Message.Fault || inOrder.contains(message.getClass());
  }
}
