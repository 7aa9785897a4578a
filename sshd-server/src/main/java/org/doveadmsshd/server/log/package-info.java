/** How the server's log is written: a line is one thing that has happened, whatever others say. */
package org.doveadmsshd.server.log;
