/** The program {@code doveadm-sshd}. */
package org.doveadmsshd.server;
