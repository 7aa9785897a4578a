package org.doveadmsshd.base;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Holds bytes until they are read: a few in memory, many in a named temporary file of mode 0600.
 * Written by one thread; when that is done, any number of threads may {@link #open} it.
 */
public final class Spool extends OutputStream implements Closeable {
  private static final int IN_MEMORY = 256 * 1024;

  /** Memory is taken in steps of this many bytes. */
  private static final int STEP = 16 * 1024;

  private final MemoryBudget.Share share;
  private HeldBytes memory = new HeldBytes();
  private int taken;
  private OutputStream file;
  private Path path;
  private long size;

  /** Bytes that are read where they are. */
  private static final class HeldBytes extends ByteArrayOutputStream {
    InputStream open() {
      return new ByteArrayInputStream(buf, 0, count);
    }
  }

  /**
   * @param share draws what is held in memory; where it has no room, a file is used earlier
   */
  public Spool(MemoryBudget.Share share) {
    this.share = share;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (file == null && !hasRoom(length)) {
      path = Files.createTempFile("doveadm", null); // readable by the owner alone
      file = Files.newOutputStream(path);
      memory.writeTo(file);
      forget();
    }
    if (file == null) {
      memory.write(bytes, offset, length);
    } else {
      file.write(bytes, offset, length);
    }
    size += length;
  }

  private boolean hasRoom(int length) {
    int missing = memory.size() + length - taken;
    if (memory.size() + length > IN_MEMORY) {
      return false;
    }
    int step = Math.max(STEP, missing);
    if (missing > 0 && !share.tryTake(step)) {
      return false;
    }
    taken += missing > 0 ? step : 0;
    return true;
  }

  private void forget() {
    memory = null;
    share.give(taken);
    taken = 0;
  }

  /** How many bytes have been written. */
  public long size() {
    return size;
  }

  /** The bytes from the beginning; the caller closes it. */
  public InputStream open() throws IOException {
    if (file == null) {
      return memory.open();
    }
    file.flush();
    return Files.newInputStream(path);
  }

  @Override
  public void close() throws IOException {
    try {
      if (file == null) {
        forget();
      } else {
        file.close();
      }
    } finally {
      if (path != null) {
        Files.deleteIfExists(path);
      }
    }
  }
}
