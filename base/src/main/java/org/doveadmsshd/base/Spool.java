package org.doveadmsshd.base;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Holds bytes until they are read: a few in memory, many in a file without a name that others could
 * open. Written by one thread; when that is done, any number of threads may {@link #open} it.
 */
public final class Spool extends OutputStream implements Closeable {
  private static final int IN_MEMORY = 256 * 1024;

  private ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private OutputStream file;
  private Path path;
  private long size;

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (file == null && memory.size() + length > IN_MEMORY) {
      path = Files.createTempFile("doveadm", null); // readable by the owner alone
      file = Files.newOutputStream(path);
      memory.writeTo(file);
      memory = null;
    }
    if (file == null) {
      memory.write(bytes, offset, length);
    } else {
      file.write(bytes, offset, length);
    }
    size += length;
  }

  /** How many bytes have been written. */
  public long size() {
    return size;
  }

  /** The bytes from the beginning; the caller closes it. */
  public InputStream open() throws IOException {
    if (file == null) {
      return new ByteArrayInputStream(memory.toByteArray());
    }
    file.flush();
    return Files.newInputStream(path);
  }

  /** As {@link #open}; closing the stream closes the spool. */
  public InputStream openOnce() throws IOException {
    return new FilterInputStream(open()) {
      @Override
      public void close() throws IOException {
        super.close();
        Spool.this.close();
      }
    };
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
      Files.deleteIfExists(path);
    }
  }
}
