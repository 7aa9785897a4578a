package org.doveadmsshd.posix;

import com.sun.jna.Native;

/**
 * glibc. Addresses are longs; every call returns -1 on failure and leaves errno in {@link
 * Native#getLastError()}. Mapped directly, unless the property {@value #NAMED} says that this
 * process does not live long enough for that to pay.
 */
final class LibC {
  private static final String NAMED = "doveadm.glibc.named";
  private static final boolean IS_NAMED = Boolean.getBoolean(NAMED);

  static final int AT_FDCWD = -100;
  static final int AT_SYMLINK_NOFOLLOW = 0x100;
  static final int AT_EMPTY_PATH = 0x1000;

  static final int AT_REMOVEDIR = 0x200;
  static final int RENAME_NOREPLACE = 1;

  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0100;
  static final int O_EXCL = 0200;
  static final int O_TRUNC = 01000;
  static final int O_APPEND = 02000;
  static final int O_NONBLOCK = 04000;
  static final int O_NOATIME = 01000000;
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
  }

  private LibC() {}

  static int openat(int directory, long name, int flags, int mode) {
    return IS_NAMED
        ? (int) NamedCalls.call("openat", directory, name, flags, mode)
        : Mapped.openat(directory, name, flags, mode);
  }

  static int close(int fd) {
    return IS_NAMED ? (int) NamedCalls.call("close", fd) : Mapped.close(fd);
  }

  static long read(int fd, long buffer, long length) {
    return IS_NAMED ? NamedCalls.call("read", fd, buffer, length) : Mapped.read(fd, buffer, length);
  }

  static long write(int fd, long buffer, long length) {
    return IS_NAMED
        ? NamedCalls.call("write", fd, buffer, length)
        : Mapped.write(fd, buffer, length);
  }

  static long pwrite(int fd, long buffer, long length, long offset) {
    return IS_NAMED
        ? NamedCalls.call("pwrite", fd, buffer, length, offset)
        : Mapped.pwrite(fd, buffer, length, offset);
  }

  static long lseek(int fd, long offset, int whence) {
    return IS_NAMED
        ? NamedCalls.call("lseek", fd, offset, whence)
        : Mapped.lseek(fd, offset, whence);
  }

  static int fsync(int fd) {
    return IS_NAMED ? (int) NamedCalls.call("fsync", fd) : Mapped.fsync(fd);
  }

  static long getdents64(int fd, long buffer, long length) {
    return IS_NAMED
        ? NamedCalls.call("getdents64", fd, buffer, length)
        : Mapped.getdents64(fd, buffer, length);
  }

  static int statx(int directory, long name, int flags, int mask, long buffer) {
    return IS_NAMED
        ? (int) NamedCalls.call("statx", directory, name, flags, mask, buffer)
        : Mapped.statx(directory, name, flags, mask, buffer);
  }

  static int unlinkat(int directory, long name, int flags) {
    return IS_NAMED
        ? (int) NamedCalls.call("unlinkat", directory, name, flags)
        : Mapped.unlinkat(directory, name, flags);
  }

  static int renameat(int fromDirectory, long from, int toDirectory, long to) {
    return IS_NAMED
        ? (int) NamedCalls.call("renameat", fromDirectory, from, toDirectory, to)
        : Mapped.renameat(fromDirectory, from, toDirectory, to);
  }

  static int renameat2(int fromDirectory, long from, int toDirectory, long to, int flags) {
    return IS_NAMED
        ? (int) NamedCalls.call("renameat2", fromDirectory, from, toDirectory, to, flags)
        : Mapped.renameat2(fromDirectory, from, toDirectory, to, flags);
  }

  static int linkat(int fromDirectory, long from, int toDirectory, long to, int flags) {
    return IS_NAMED
        ? (int) NamedCalls.call("linkat", fromDirectory, from, toDirectory, to, flags)
        : Mapped.linkat(fromDirectory, from, toDirectory, to, flags);
  }

  static int futimens(int fd, long times) {
    return IS_NAMED ? (int) NamedCalls.call("futimens", fd, times) : Mapped.futimens(fd, times);
  }

  static int mkdirat(int directory, long name, int mode) {
    return IS_NAMED
        ? (int) NamedCalls.call("mkdirat", directory, name, mode)
        : Mapped.mkdirat(directory, name, mode);
  }

  static int fchown(int fd, int uid, int gid) {
    return IS_NAMED ? (int) NamedCalls.call("fchown", fd, uid, gid) : Mapped.fchown(fd, uid, gid);
  }

  static int fchmod(int fd, int mode) {
    return IS_NAMED ? (int) NamedCalls.call("fchmod", fd, mode) : Mapped.fchmod(fd, mode);
  }

  static int ftruncate(int fd, long length) {
    return IS_NAMED ? (int) NamedCalls.call("ftruncate", fd, length) : Mapped.ftruncate(fd, length);
  }

  static int kill(int pid, int signal) {
    return IS_NAMED ? (int) NamedCalls.call("kill", pid, signal) : Mapped.kill(pid, signal);
  }

  static int geteuid() {
    return IS_NAMED ? (int) NamedCalls.call("geteuid") : Mapped.geteuid();
  }

  static int gethostname(long buffer, long length) {
    return IS_NAMED
        ? (int) NamedCalls.call("gethostname", buffer, length)
        : Mapped.gethostname(buffer, length);
  }

  static long getrandom(long buffer, long length, int flags) {
    return IS_NAMED
        ? NamedCalls.call("getrandom", buffer, length, flags)
        : Mapped.getrandom(buffer, length, flags);
  }

  static long strerror(int error) {
    return IS_NAMED ? NamedCalls.call("strerror", error) : Mapped.strerror(error);
  }

  /** As JNA maps them, all at once. */
  private static final class Mapped {
    static {
      Native.register(Mapped.class, "c");
    }

    static native int openat(int directory, long name, int flags, int mode);

    static native int close(int fd);

    static native long read(int fd, long buffer, long length);

    static native long write(int fd, long buffer, long length);

    static native long pwrite(int fd, long buffer, long length, long offset);

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

    static native long getrandom(long buffer, long length, int flags);

    static native long strerror(int error);
  }
}
