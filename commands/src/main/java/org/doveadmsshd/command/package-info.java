/**
 * The doveadm commands: one class each, all of them listed in {@link
 * org.doveadmsshd.command.CommandCatalog}.
 *
 * <p>A command is first {@linkplain org.doveadmsshd.command.Command#prepare prepared} from its
 * words, by the brain to find mistakes before any user is touched and by the worker to carry it
 * out; the task that comes of it runs once for each user.
 */
package org.doveadmsshd.command;
