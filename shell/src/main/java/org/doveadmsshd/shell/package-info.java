/** The program {@code doveadm-ssh}: the brain on an administrator's own machine. */
package org.doveadmsshd.shell;
