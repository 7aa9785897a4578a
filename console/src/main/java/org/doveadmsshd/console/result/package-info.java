/**
 * What a command has printed: its rows, kept within bounds and shown again, and its text, shown a
 * screenful at a time.
 */
package org.doveadmsshd.console.result;
