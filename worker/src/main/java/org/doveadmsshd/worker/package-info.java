/**
 * The worker: carries out one command for one user and says what became of it.
 *
 * <p>{@link org.doveadmsshd.worker.Worker} does the work on the caller's thread; whatever that
 * throws becomes how the request ends. {@link org.doveadmsshd.worker.LaneSession} speaks the
 * subsystem protocol in front of it, for any transport: requests are taken in by the transport's
 * thread and worked off one after another by a thread of the executor, which is given back when
 * nothing is left to do.
 */
package org.doveadmsshd.worker;
