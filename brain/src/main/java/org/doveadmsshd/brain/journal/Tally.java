package org.doveadmsshd.brain.journal;

/**
 * How many users a journal is about.
 *
 * @param failed those among them whose last outcome is not ok
 */
record Tally(long users, long failed) {}
