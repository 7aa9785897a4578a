/** The server as its own brain sees it: lanes that are calls of the worker. */
package org.doveadmsshd.server.local;
