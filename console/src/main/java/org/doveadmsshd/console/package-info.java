/**
 * The interactive shell, and scripts: statements of their own, and doveadm's command lines, which a
 * {@link org.doveadmsshd.console.CommandRunner} carries out.
 */
package org.doveadmsshd.console;
