package org.doveadmsshd.posix;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Closes files that were lost: not closed, and not reachable any more. Each would otherwise take a
 * descriptor for the life of the process. They are closed when other files are opened. There is no
 * thread for it, because a thread that is made on behalf of a user keeps that user's rights. Safe
 * for several threads.
 */
final class LostFiles {
  private static final ReferenceQueue<OpenFile> LOST = new ReferenceQueue<>();

  /** Keeps the references themselves from being lost. */
  private static final Set<Handle> OPEN = ConcurrentHashMap.newKeySet();

  private LostFiles() {}

  /** The descriptor of a file that is open. */
  static final class Handle extends PhantomReference<OpenFile> {
    private final int fd;

    private Handle(OpenFile file, int fd) {
      super(file, LOST);
      this.fd = fd;
    }

    /** Closes the file, for once. */
    void close() {
      if (OPEN.remove(this)) {
        clear();
        LibC.close(fd);
      }
    }
  }

  /** Notes a file that has been opened. */
  static Handle add(OpenFile file, int fd) {
    for (Object lost; (lost = LOST.poll()) != null; ) {
      ((Handle) lost).close();
    }
    Handle handle = new Handle(file, fd);
    OPEN.add(handle);
    return handle;
  }
}
