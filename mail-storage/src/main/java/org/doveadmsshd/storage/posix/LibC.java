package org.doveadmsshd.storage.posix;

import com.sun.jna.Native;

/**
 * glibc, directly mapped. Addresses are longs; every call returns -1 on failure and leaves errno in
 * {@link Native#getLastError()}.
 */
final class LibC {
  static final int AT_FDCWD = -100;
  static final int AT_SYMLINK_NOFOLLOW = 0x100;
  static final int AT_EMPTY_PATH = 0x1000;

  static final int AT_REMOVEDIR = 0x200;
  static final int RENAME_NOREPLACE = 1;

  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  static final int O_CREAT = 0100;
  static final int O_EXCL = 0200;
  static final int O_TRUNC = 01000;
  static final int O_APPEND = 02000;
  static final int O_NONBLOCK = 04000;
  static final int O_CLOEXEC = 02000000;
  static final int O_DIRECTORY;
  static final int O_NOFOLLOW;

  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EACCES = 13;
  static final int EEXIST = 17;
  static final int ENOTDIR = 20;
  static final int EISDIR = 21;
  static final int ENOSPC = 28;
  static final int ENAMETOOLONG = 36;
  static final int ELOOP = 40;
  static final int EXDEV = 18;
  static final int EINVAL = 22;
  static final int EMLINK = 31;
  static final int ENOSYS = 38;
  static final int ENOTEMPTY = 39;
  static final int EOPNOTSUPP = 95;
  static final int EDQUOT = 122;
  static final int EPERM = 1;
  static final int ESRCH = 3;

  static {
    String arch = System.getProperty("os.arch");
    boolean arm = arch.startsWith("aarch64") || arch.startsWith("arm");
    O_DIRECTORY = arm ? 040000 : 0200000;
    O_NOFOLLOW = arm ? 0100000 : 0400000;
    Native.register(LibC.class, "c");
  }

  private LibC() {}

  static native int openat(int directory, long name, int flags, int mode);

  static native int close(int fd);

  static native long read(int fd, long buffer, long length);

  static native long write(int fd, long buffer, long length);

  static native long lseek(int fd, long offset, int whence);

  static native int fsync(int fd);

  static native long getdents64(int fd, long buffer, long length);

  static native int statx(int directory, long name, int flags, int mask, long buffer);

  static native int unlinkat(int directory, long name, int flags);

  static native int renameat(int fromDirectory, long from, int toDirectory, long to);

  static native int renameat2(int fromDirectory, long from, int toDirectory, long to, int flags);

  static native int linkat(int fromDirectory, long from, int toDirectory, long to, int flags);

  static native int futimens(int fd, long times);

  static native int mkdirat(int directory, long name, int mode);

  static native int fchown(int fd, int uid, int gid);

  static native int fchmod(int fd, int mode);

  static native int ftruncate(int fd, long length);

  static native int kill(int pid, int signal);

  static native int geteuid();

  static native int gethostname(long buffer, long length);

  static native long strerror(int error);
}
