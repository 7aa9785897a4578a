/** Lanes over UNIX sockets, for brains on the same machine. */
package org.doveadmsshd.server.socket;
