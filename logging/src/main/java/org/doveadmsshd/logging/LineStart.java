package org.doveadmsshd.logging;

import ch.qos.logback.core.PropertyDefinerBase;

/**
 * What a line begins with: its priority for the journal, else when it was written and how grave it
 * is.
 */
public final class LineStart extends PropertyDefinerBase {
  @Override
  public String getPropertyValue() {
    return JournalStream.isStandardError() ? "%priority" : "%d{yyyy-MM-dd HH:mm:ss} %-6level";
  }
}
