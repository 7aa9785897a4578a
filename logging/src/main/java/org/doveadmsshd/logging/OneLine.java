package org.doveadmsshd.logging;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import org.doveadmsshd.base.Printable;

/** A message as one line, without control characters: names and peers' words are part of it. */
public final class OneLine extends MessageConverter {
  /** Longest line, in characters. */
  static final int MAX_LENGTH = 8192;

  @Override
  public String convert(ILoggingEvent event) {
    return Printable.line(event.getFormattedMessage(), MAX_LENGTH);
  }
}
