package org.doveadmsshd.brain;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.doveadmsshd.base.UnnamedFile;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameEncoder;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows of a user that have no room in memory and whose turn to be printed has not come: they wait
 * in a file. Used by one thread at a time.
 */
final class SpilledRows implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(SpilledRows.class);

  /** After so many bytes it is worth while to look whether the turn has come. */
  private static final long LOOK = 1024 * 1024;

  private static final int BUFFER = 64 * 1024;

  private final UnnamedFile file = new UnnamedFile();
  private final FrameEncoder encoder = new FrameEncoder();
  private long looked;

  SpilledRows() throws IOException {}

  /** Adds a ROW or a CHUNK. */
  void add(Message message) throws IOException {
    encoder.encode(message);
    encoder.drainTo((bytes, offset, length) -> file.append(ByteBuffer.wrap(bytes, offset, length)));
  }

  /** Whether much has come since that was asked last. */
  boolean isMuch() {
    boolean much = file.size() - looked > LOOK;
    looked = much ? file.size() : looked;
    return much;
  }

  /** Hands on what was added, in its order. */
  void forEach(MessageSink taker) throws IOException {
    FrameDecoder decoder = new FrameDecoder();
    InputStream in = file.from(0);
    byte[] buffer = new byte[BUFFER];
    for (int length; (length = in.read(buffer)) > 0; ) {
      decoder.feed(buffer, 0, length, taker);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      LOG.debug("A file of rows cannot be closed; it goes with the process", e);
    }
  }
}
