/**
 * The brain: works a command line through the users it is meant for, on many lanes at once.
 *
 * <p>A {@link org.doveadmsshd.brain.Brain} makes an {@link org.doveadmsshd.brain.Invocation} of the
 * words and a {@link org.doveadmsshd.brain.Run} of that. One {@link org.doveadmsshd.brain.Feed}
 * names the users; the {@link org.doveadmsshd.brain.Dispatch} puts an {@link
 * org.doveadmsshd.brain.Assignment} for each into the bounded {@link
 * org.doveadmsshd.brain.UserQueue} of a server, whose lanes take it from there.
 *
 * <p>Threads: the feed may block on a full queue. Lanes deliver messages of an assignment one after
 * another and may block there, waiting for the {@link org.doveadmsshd.brain.Printer}: so a slow
 * reader slows the workers. An assignment's lock is held meanwhile; the thread that watches the
 * clock never waits for it.
 */
package org.doveadmsshd.brain;
