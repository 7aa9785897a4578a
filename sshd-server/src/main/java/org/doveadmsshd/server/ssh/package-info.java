/**
 * The SSH side of the server: limits of connections, logins, and the two requests of a client:
 * {@code exec} of a doveadm command line, and the subsystem {@code doveadm} (a lane).
 *
 * <p>The threads of Apache MINA SSHD take bytes in. They wait for no client and no worker: such
 * work runs on the daemon's executor (CONCURRENCY.md).
 */
package org.doveadmsshd.server.ssh;
