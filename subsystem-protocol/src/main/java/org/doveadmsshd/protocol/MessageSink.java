package org.doveadmsshd.protocol;

import java.io.IOException;

/**
 * Takes messages in order.
 *
 * <p>{@link #send} may block until the receiver has room: that is the flow control. It is called by
 * one thread at a time.
 */
@FunctionalInterface
public interface MessageSink {
  /**
   * Delivers one message.
   *
   * @throws IOException when the receiver is gone; nothing further can be delivered
   */
  void send(Message message) throws IOException;

  /** Passes on what {@link #send} may have held back to send more at once. */
  default void flush() throws IOException {}
}
