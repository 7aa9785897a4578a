package org.doveadmsshd.posix;

import com.sun.jna.Native;
import java.io.InputStream;
import java.util.Arrays;

/** An open file. Not safe for several threads. */
public final class OpenFile extends InputStream {
  private static final long UTIME_NOW = (1L << 30) - 1;

  /** Most small files are shorter. */
  private static final int SMALL = 32 * 1024;

  private final String shownName;
  private final LostFiles.Handle handle;
  private int fd;

  /** Where a further read is known to find nothing; unknown before a status was asked for. */
  private long size = Long.MAX_VALUE;

  private long position;
  private boolean isStable;

  OpenFile(int fd, String shownName) {
    this.fd = fd;
    this.shownName = shownName;
    this.handle = LostFiles.add(this, fd);
  }

  public FileStatus status() throws PosixException {
    Scratch scratch = Scratch.get();
    long name = scratch.name("");
    if (LibC.statx(fd, name, LibC.AT_EMPTY_PATH, FileStatus.MASK, scratch.statAddress) < 0) {
      throw new PosixException("stat", shownName, Native.getLastError());
    }
    FileStatus status = FileStatus.of(scratch.stat);
    size = status.size();
    return status;
  }

  /** Declares that this is a regular file that no program changes: a short read means its end. */
  public OpenFile stable() {
    isStable = true;
    return this;
  }

  /** Goes to a position, from which is read next. */
  public void seek(long to) throws PosixException {
    if (LibC.lseek(fd, to, 0) < 0) {
      throw new PosixException("lseek", shownName, Native.getLastError());
    }
    position = to;
  }

  @Override
  public long skip(long count) throws PosixException {
    if (count <= 0) {
      return 0;
    }
    long end = LibC.lseek(fd, 0, 2);
    long target = position + Math.min(count, Math.max(end - position, 0));
    if (end < 0 || LibC.lseek(fd, target, 0) < 0) {
      throw new PosixException("lseek", shownName, Native.getLastError());
    }
    long skipped = target - position;
    position = target;
    return skipped;
  }

  @Override
  public int read() throws PosixException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws PosixException {
    if (length == 0) {
      return 0;
    }
    if (position > 0 && position >= size) {
      return -1; // a mail never grows: no call is needed to see that it is over
    }
    SystemCalls.announceRead("read", shownName);
    Scratch scratch = Scratch.get();
    int wanted = Math.min(length, Scratch.BUFFER);
    long got = LibC.read(fd, scratch.bufferAddress, wanted);
    while (got < 0 && Native.getLastError() == LibC.EINTR) {
      got = LibC.read(fd, scratch.bufferAddress, wanted);
    }
    if (got < 0) {
      throw new PosixException("read", shownName, Native.getLastError());
    }
    if (got == 0) {
      checkEmpty();
      return -1;
    }
    position += got;
    if (isStable && got < wanted) {
      size = position;
    }
    scratch.buffer.get(0, target, offset, (int) got);
    return (int) got;
  }

  /** A file that gives no byte may be a FIFO that was put in its place. */
  private void checkEmpty() throws PosixException {
    if (isStable && position == 0 && !status().isRegular()) {
      throw new PosixException("read", shownName + " (no regular file)", LibC.EINVAL);
    }
  }

  /**
   * Reads all of a small file.
   *
   * @param limit most bytes to take
   * @throws PosixException also when the file is longer than the limit
   */
  public byte[] readAll(int limit) throws PosixException {
    byte[] content = new byte[Math.min(limit, SMALL)];
    int length = 0;
    while (true) {
      int got = read(content, length, content.length - length);
      if (got <= 0) {
        return Arrays.copyOf(content, length);
      }
      length += got;
      if (length == content.length) {
        int next = read();
        if (next < 0) {
          return content;
        }
        if (length >= limit) {
          throw new PosixException("read", shownName + " (over " + limit + " bytes)", 27); // EFBIG
        }
        long whole = Math.max(status().size(), 2L * length);
        content = Arrays.copyOf(content, (int) Math.min(limit, whole));
        content[length++] = (byte) next;
      }
    }
  }

  /** Writes all of the bytes. After a failure an unknown part of them stands in the file. */
  public void write(byte[] bytes) throws PosixException {
    write(bytes, 0, bytes.length);
  }

  /** As {@link #write(byte[])}, for a part of the array. */
  public void write(byte[] bytes, int offset, int count) throws PosixException {
    SystemCalls.announce("write", shownName);
    Scratch scratch = Scratch.get();
    for (int at = offset; at < offset + count; ) {
      int length = Math.min(offset + count - at, Scratch.BUFFER);
      scratch.buffer.put(0, bytes, at, length);
      at += written("write", LibC.write(fd, scratch.bufferAddress, length));
    }
  }

  /** How many bytes a call has written: none when a signal came first. */
  private int written(String call, long result) throws PosixException {
    if (result < 0 && Native.getLastError() != LibC.EINTR) {
      throw new PosixException(call, shownName, Native.getLastError());
    }
    return (int) Math.max(result, 0);
  }

  /**
   * Writes a few bytes over what stands at a position, with one call where the system takes them
   * all, and leaves the place where is read next.
   *
   * @param bytes no more than fit into a block; after a failure none or the first of them stand
   */
  public void overwrite(long at, byte[] bytes) throws PosixException {
    SystemCalls.announce("pwrite", shownName);
    Scratch scratch = Scratch.get();
    scratch.buffer.put(0, bytes);
    for (int done = 0; done < bytes.length; ) {
      int length = bytes.length - done;
      long from = scratch.bufferAddress + done;
      done += written("pwrite", LibC.pwrite(fd, from, length, at + done));
    }
  }

  /** Cuts the file off. */
  public void truncate(long length) throws PosixException {
    SystemCalls.announce("ftruncate", shownName);
    if (LibC.ftruncate(fd, length) < 0) {
      throw new PosixException("ftruncate", shownName, Native.getLastError());
    }
  }

  /**
   * Gives the file the permissions and the owner that a mailbox directory asks of its files: {@code
   * (mode & 0666) | 0600}. A change of owner that is not allowed is left out, as Dovecot does.
   */
  public void adopt(FileStatus directory) throws PosixException {
    SystemCalls.announce("fchmod", shownName);
    FileStatus own = status();
    if (own.uid() != directory.uid() || own.gid() != directory.gid()) {
      LibC.fchown(fd, directory.uid(), directory.gid());
    }
    if (LibC.fchmod(fd, directory.mode() & 0666 | 0600) < 0) {
      throw new PosixException("fchmod", shownName, Native.getLastError());
    }
  }

  /** Sets the modification time, in nanoseconds since 1970; the access time becomes now. */
  public void modified(long nanos) throws PosixException {
    SystemCalls.announce("futimens", shownName);
    Scratch scratch = Scratch.get();
    scratch.buffer.putLong(0, 0).putLong(8, UTIME_NOW);
    scratch.buffer.putLong(16, Math.floorDiv(nanos, 1_000_000_000L));
    scratch.buffer.putLong(24, Math.floorMod(nanos, 1_000_000_000L));
    if (LibC.futimens(fd, scratch.bufferAddress) < 0) {
      throw new PosixException("futimens", shownName, Native.getLastError());
    }
  }

  /** Makes the content durable. */
  public void sync() throws PosixException {
    SystemCalls.announce("fsync", shownName);
    if (LibC.fsync(fd) < 0) {
      throw new PosixException("fsync", shownName, Native.getLastError());
    }
  }

  @Override
  public void close() {
    handle.close();
    fd = -1;
  }
}
