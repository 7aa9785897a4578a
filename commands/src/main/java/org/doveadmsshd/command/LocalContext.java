package org.doveadmsshd.command;

import java.util.concurrent.Semaphore;
import org.doveadmsshd.accounts.PasswordHashing;

/**
 * The environment of a task that needs neither user nor server.
 *
 * @param hashing has one permit, held while a password is hashed: one at a time, so that logins go
 *     on beside it
 * @param runs that are written down where the task is carried out
 * @param input what the task reads, for one that says so in {@link Task#input}
 */
public record LocalContext(
    PasswordHashing passwords,
    Semaphore hashing,
    Runs runs,
    UserContext.Input input,
    LocalOutput output) {}
