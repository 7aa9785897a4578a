package org.doveadmsshd.protocol;

import java.io.IOException;

/**
 * A {@link MessageSink} that writes frames to a byte output, many at a time.
 *
 * <p>Safe for several threads; a thread waits while another one's bytes are written.
 */
public final class FrameWriter implements MessageSink {
  private static final int BATCH = 32 * 1024;

  private final FrameEncoder encoder = new FrameEncoder();
  private final FrameEncoder.Sink output;
  private final Flush flush;

  /** Pushes what the output holds back, if anything. */
  @FunctionalInterface
  public interface Flush {
    void flush() throws IOException;
  }

  public FrameWriter(FrameEncoder.Sink output, Flush flush) {
    this.output = output;
    this.flush = flush;
  }

  @Override
  public synchronized void send(Message message) throws IOException {
    encoder.encode(message);
    if (encoder.size() >= BATCH) {
      encoder.drainTo(output);
    }
  }

  @Override
  public synchronized void flush() throws IOException {
    encoder.drainTo(output);
    flush.flush();
  }
}
