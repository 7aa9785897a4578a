package org.doveadmsshd.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/**
 * How grave a message is, as systemd's journal reads it: syslog's priorities, such as {@code <4>}.
 */
public final class Priority extends ClassicConverter {
  @Override
  public String convert(ILoggingEvent event) {
    return of(event.getLevel());
  }

  static String of(Level level) {
    return switch (level.toInt()) {
      case Level.ERROR_INT -> "<3>";
      case Level.WARN_INT -> "<4>";
      case Level.INFO_INT -> "<6>";
      default -> "<7>";
    };
  }
}
