package org.doveadmsshd.base;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A temporary file that has no name any more: nobody else can open it, and it is gone with the
 * process, however that ends. Written at its end by one thread; read by any.
 */
public final class UnnamedFile implements Closeable {
  private final FileChannel channel;
  private long size;

  /** Makes one, in the directory for temporary files. */
  public UnnamedFile() throws IOException {
    Path path = Files.createTempFile("doveadm", null); // readable by the owner alone
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } finally {
      Files.delete(path);
    }
  }

  /** Adds all that remains in the buffer. */
  public void append(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      size += channel.write(bytes, size);
    }
  }

  /** How many bytes have been added. */
  public long size() {
    return size;
  }

  /** The bytes from a position on; need not be closed. */
  public InputStream from(long begin) {
    return new InputStream() {
      private long position = begin;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        int count = channel.read(ByteBuffer.wrap(to, offset, length), position);
        position += Math.max(0, count);
        return count;
      }
    };
  }

  /** Gives its space back. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
