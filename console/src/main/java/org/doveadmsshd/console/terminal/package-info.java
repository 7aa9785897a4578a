/** A terminal at the other end of a channel: no thread, no process and no file stands behind it. */
package org.doveadmsshd.console.terminal;
