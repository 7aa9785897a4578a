package org.doveadmsshd.logging;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.IThrowableProxy;
import java.util.stream.Collectors;
import org.doveadmsshd.base.Printable;

/**
 * A stack trace whose lines all begin with a tab: what an exception says may have line breaks, and
 * must not look like another message.
 */
public final class IndentedTrace extends ThrowableProxyConverter {
  @Override
  protected String throwableProxyToString(IThrowableProxy throwable) {
    return super.throwableProxyToString(throwable)
        .lines()
        .map(line -> "\t" + Printable.line(line.strip()) + System.lineSeparator())
        .collect(Collectors.joining());
  }
}
