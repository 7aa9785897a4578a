package org.doveadmsshd.posix;

import java.nio.ByteBuffer;

/**
 * The result of statx(2) for a file.
 *
 * @param mode type and permission bits
 * @param links number of names
 * @param size bytes
 * @param modifiedNanos mtime, nanoseconds since 1970
 * @param changedNanos ctime, nanoseconds since 1970
 * @param bornNanos when it was made, nanoseconds since 1970; 0 where the file system does not say
 */
public record FileStatus(
    int mode,
    int links,
    int uid,
    int gid,
    long device,
    long inode,
    long size,
    long modifiedNanos,
    long changedNanos,
    long bornNanos) {

  private static final int BORN = 0x800; // STATX_BTIME

  static final int MASK = 0x7ff | BORN; // STATX_BASIC_STATS, and that

  private static final int TYPE = 0170000;
  private static final int REGULAR = 0100000;
  private static final int DIRECTORY = 0040000;
  private static final int LINK = 0120000;
  private static final long SECOND = 1_000_000_000L;

  /** Reads a struct statx, whose layout is the same on every architecture. */
  static FileStatus of(ByteBuffer statx) {
    return new FileStatus(
        statx.getShort(0x1c) & 0xffff,
        statx.getInt(0x10),
        statx.getInt(0x14),
        statx.getInt(0x18),
        ((long) statx.getInt(0x88) << 32) | (statx.getInt(0x8c) & 0xffffffffL),
        statx.getLong(0x20),
        statx.getLong(0x28),
        statx.getLong(0x70) * SECOND + statx.getInt(0x78),
        statx.getLong(0x60) * SECOND + statx.getInt(0x68),
        (statx.getInt(0) & BORN) == 0 ? 0 : statx.getLong(0x50) * SECOND + statx.getInt(0x58));
  }

  public boolean isRegular() {
    return (mode & TYPE) == REGULAR;
  }

  public boolean isDirectory() {
    return (mode & TYPE) == DIRECTORY;
  }

  public boolean isLink() {
    return (mode & TYPE) == LINK;
  }

  /** mtime in whole seconds since 1970, rounded down. */
  public long modifiedSeconds() {
    return Math.floorDiv(modifiedNanos, SECOND);
  }

  /** ctime in whole seconds since 1970, rounded down. */
  public long changedSeconds() {
    return Math.floorDiv(changedNanos, SECOND);
  }

  public boolean isSameFile(FileStatus other) {
    return inode == other.inode && device == other.device;
  }
}
