package org.doveadmsshd.storage.maildir;

import java.io.Closeable;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;

/**
 * A file that is written aside and then takes a name in one step. If it does not come to that, as
 * when the disk is full, nothing is left of it.
 */
final class AsideFile implements Closeable {
  private final Directory directory;
  private final String aside;
  private final OpenFile file;
  private boolean isInPlace;

  /** Creates it, with the permissions that the directory asks of its files. */
  AsideFile(Directory directory, String aside) throws PosixException {
    this.directory = directory;
    this.aside = aside;
    this.file = directory.create(aside, 0600);
    boolean complete = false;
    try {
      file.adopt(directory.status());
      complete = true;
    } finally {
      if (!complete) {
        close();
      }
    }
  }

  /** Where the content goes. */
  OpenFile file() {
    return file;
  }

  /** Gives it its name, over whatever has that. */
  void put(String name) throws PosixException {
    directory.rename(aside, name);
    isInPlace = true;
  }

  @Override
  public void close() {
    file.close();
    if (!isInPlace) {
      try {
        directory.unlink(aside);
      } catch (PosixException e) {
        // what comes next removes it, or nobody looks at it
      }
    }
  }
}
