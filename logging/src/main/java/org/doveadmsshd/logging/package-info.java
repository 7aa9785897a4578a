/**
 * How the log of a program is written: a line is one thing that has happened, whatever others say.
 */
package org.doveadmsshd.logging;
