/** Servers on the same machine, over UNIX sockets. */
package org.doveadmsshd.brain.socket;
