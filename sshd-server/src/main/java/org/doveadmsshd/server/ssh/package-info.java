/**
 * The SSH side of the server: who may connect, how he proves himself, and the two things he can do:
 * {@code exec} a doveadm command line, or open the subsystem {@code doveadm}.
 *
 * <p>The threads of Apache MINA SSHD take bytes in and never wait: whatever may block runs on the
 * daemon's executor.
 */
package org.doveadmsshd.server.ssh;
