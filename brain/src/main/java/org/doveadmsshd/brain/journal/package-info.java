/**
 * What a run writes down while it goes on, so that another one can do the rest: a line for each
 * user. docs/journal.md describes the format.
 */
package org.doveadmsshd.brain.journal;
