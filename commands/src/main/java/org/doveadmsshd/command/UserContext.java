package org.doveadmsshd.command;

import org.doveadmsshd.storage.MailStore;

/**
 * What a task for a user works with.
 *
 * @param user whose mail it is
 */
public record UserContext(String user, MailStore store, Output output) {}
