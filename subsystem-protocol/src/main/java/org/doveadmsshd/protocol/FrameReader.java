package org.doveadmsshd.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Reads messages from a channel that blocks. One thread at a time. */
public final class FrameReader {
  private final ReadableByteChannel channel;
  private final ByteBuffer buffer;
  private final FrameDecoder decoder = new FrameDecoder();

  /**
   * @param size bytes that are read at a time
   */
  public FrameReader(ReadableByteChannel channel, int size) {
    this.channel = channel;
    buffer = ByteBuffer.allocate(size);
  }

  /**
   * Waits for bytes, and delivers every message that is complete with them. A message's buffers are
   * valid during its delivery only.
   *
   * @return false when the peer has ended its side, between two messages
   * @throws ProtocolException for a malformed frame, also when the peer ended inside of one
   * @throws IOException from the channel or the receiver
   */
  public boolean read(MessageSink receiver) throws IOException {
    if (channel.read(buffer.clear()) < 0) {
      decoder.end();
      return false;
    }
    decoder.feed(buffer.array(), 0, buffer.position(), receiver);
    return true;
  }
}
