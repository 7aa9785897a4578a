/**
 * The messages between a brain and a worker, and how they become bytes: docs/PROTOCOL.md in Java.
 *
 * <p>The package knows nothing of its transport. {@link org.doveadmsshd.protocol.FrameEncoder} and
 * {@link org.doveadmsshd.protocol.FrameDecoder} turn messages into frames and back; in one process
 * the messages themselves are handed over through {@link org.doveadmsshd.protocol.MessageSink}. It
 * imports nothing but the JDK and {@code base}.
 */
package org.doveadmsshd.protocol;
