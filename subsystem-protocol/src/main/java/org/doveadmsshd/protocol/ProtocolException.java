package org.doveadmsshd.protocol;

import java.io.IOException;

/**
 * The peer broke the protocol: a bad length, an unknown type, a message out of order.
 *
 * <p>The channel is of no further use. The side that notices sends one {@link Message.Fault} with
 * the text and closes.
 */
public class ProtocolException extends IOException {
  public ProtocolException(String message) {
    super(message);
  }
}
