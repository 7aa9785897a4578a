/**
 * The brain: works a command line through the users it is meant for, on many lanes at once.
 *
 * <p>A {@link org.doveadmsshd.brain.Brain} makes an {@link org.doveadmsshd.brain.Invocation} of the
 * words and a {@link org.doveadmsshd.brain.Run} of that. The run has a feeder for each server,
 * which lists users into that server's bounded {@link org.doveadmsshd.brain.UserQueue}; the lanes
 * of the server take {@link org.doveadmsshd.brain.Assignment}s from it and hand back what the
 * worker says.
 *
 * <p>Threads: feeders may block on a full queue. Lanes deliver messages of an assignment one after
 * another and may block there, waiting for the {@link org.doveadmsshd.brain.Printer}: so a slow
 * reader slows the workers. No lock is held while waiting for another.
 */
package org.doveadmsshd.brain;
