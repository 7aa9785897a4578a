package org.doveadmsshd.posix;

import com.sun.jna.Pointer;
import java.io.IOException;

/**
 * A system call failed. The message is for logs: it names the call, the file and the reason. It is
 * made when somebody reads it, as most of these say no more than that a file is not there.
 */
public final class PosixException extends IOException {
  private final String call;
  private final String name;
  private final int errno;

  PosixException(String call, String name, int errno) {
    this.call = call;
    this.name = name;
    this.errno = errno;
  }

  @Override
  public String getMessage() {
    return call + "(" + FileName.display(name) + "): " + reason();
  }

  /** The name of the file that it is about, without the path to it: may be shown to a user. */
  public String file() {
    return FileName.display(name.substring(name.lastIndexOf('/') + 1));
  }

  /** Nothing has that name (any more), or a part of the path is no directory. */
  public boolean isMissing() {
    return errno == LibC.ENOENT || errno == LibC.ENOTDIR;
  }

  public boolean isExisting() {
    return errno == LibC.EEXIST;
  }

  /** A symbolic link stood where none is followed. */
  public boolean isLink() {
    return errno == LibC.ELOOP;
  }

  public boolean isNotDirectory() {
    return errno == LibC.ENOTDIR;
  }

  public boolean isDenied() {
    return errno == LibC.EACCES || errno == LibC.EPERM;
  }

  /** The file cannot have a name there: another file system, too many names, not allowed. */
  public boolean isUnlinkable() {
    return errno == LibC.EXDEV
        || errno == LibC.EMLINK
        || errno == LibC.EOPNOTSUPP
        || errno == LibC.ENOSYS
        || isDenied();
  }

  /** The file is not of a kind that this can be done with. */
  public boolean isInvalid() {
    return errno == LibC.EINVAL;
  }

  public boolean isNotEmpty() {
    return errno == LibC.ENOTEMPTY || errno == LibC.EEXIST;
  }

  public boolean isFull() {
    return errno == LibC.ENOSPC || errno == LibC.EDQUOT;
  }

  /** The reason alone, in the words of the C library: {@code Permission denied}. */
  public String reason() {
    return new Pointer(LibC.strerror(errno)).getString(0);
  }
}
