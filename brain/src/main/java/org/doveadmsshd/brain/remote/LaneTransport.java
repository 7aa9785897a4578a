package org.doveadmsshd.brain.remote;

import java.io.Closeable;
import java.io.InputStream;
import java.io.OutputStream;

/** A stream of bytes to a worker and back. One thread reads, others write one at a time. */
public interface LaneTransport extends Closeable {
  InputStream in();

  OutputStream out();

  /** How long a question and its answer are on the way, as measured when it was opened. */
  long roundTripMicros();

  /** Ends sending; answers can still be read. */
  void finish();

  /** Ends both directions at once; may be called more than once. */
  @Override
  void close();
}
