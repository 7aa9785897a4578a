package org.doveadmsshd.logging;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import java.util.stream.Collectors;
import org.doveadmsshd.base.Printable;

/**
 * A stack trace whose lines all begin with a tab: what an exception says may have line breaks, and
 * must not look like another message. For the journal each has the message's priority. What is
 * longer than anybody reads is cut.
 */
public final class IndentedTrace extends ThrowableProxyConverter {
  private static final int MAX_LINES = 200;

  @Override
  public String convert(ILoggingEvent event) {
    String trace = super.convert(event);
    return JournalStream.isStandardError()
        ? trace.replaceAll("(?m)^\t", Priority.of(event.getLevel()) + "\t")
        : trace;
  }

  @Override
  protected String throwableProxyToString(IThrowableProxy throwable) {
    return super.throwableProxyToString(throwable)
        .lines()
        .limit(MAX_LINES)
        .map(line -> Printable.line(line.strip(), OneLine.MAX_LENGTH))
        .map(line -> "\t" + line + System.lineSeparator())
        .collect(Collectors.joining());
  }
}
