package org.doveadmsshd.brain.progress;

/**
 * A line that a terminal shows until there is news.
 *
 * @param text without control characters
 * @param isAlarm whether something has failed, so that it is to be seen at once
 */
public record StatusLine(String text, boolean isAlarm) {}
