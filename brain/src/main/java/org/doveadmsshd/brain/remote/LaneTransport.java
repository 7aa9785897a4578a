package org.doveadmsshd.brain.remote;

import java.io.Closeable;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** A stream of bytes to a worker and back. One thread reads, others write one at a time. */
public interface LaneTransport extends Closeable {
  /** Why one is lost whose peer says nothing more. */
  String SILENT = "it does not answer any more";

  InputStream in();

  OutputStream out();

  /** How long a question and its answer are on the way, as measured when it was opened. */
  long roundTripMicros();

  /** Ends sending; answers can still be read. */
  void finish();

  /**
   * From now on it ends when the peer says nothing more, though it is asked. Where transports share
   * a connection, that is watched instead, from its beginning.
   *
   * @param ask has a PING sent; must not block
   */
  default void watch(Runnable ask) {}

  /** Why it has ended by itself, in words for an administrator, if that is known. */
  default Optional<String> whyLost() {
    return Optional.empty();
  }

  /** Ends both directions, and does not wait for that; may be called more than once. */
  @Override
  void close();
}
