package org.doveadmsshd.command;

import org.doveadmsshd.accounts.PasswordHashing;

/**
 * The environment of a task that needs neither user nor server.
 *
 * @param input what the task reads, for one that says so in {@link Task#input}
 */
public record LocalContext(PasswordHashing passwords, UserContext.Input input, Output output) {}
