package org.doveadmsshd.storage.compression;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Frees what libraries hold for coders that were lost: not closed, and not reachable any more. That
 * happens when others are made. There is no thread for it, because a thread that is made on behalf
 * of a user keeps that user's rights. Safe for several threads.
 */
final class LostCoders {
  private static final ReferenceQueue<Coder> LOST = new ReferenceQueue<>();

  /** Keeps the references themselves from being lost. */
  private static final Set<Handle> OPEN = ConcurrentHashMap.newKeySet();

  private LostCoders() {}

  /** What a library holds for a coder. */
  static final class Handle extends PhantomReference<Coder> {
    private final Runnable end;

    private Handle(Coder coder, Runnable end) {
      super(coder, LOST);
      this.end = end;
    }

    /** Frees it, for once. */
    void close() {
      if (OPEN.remove(this)) {
        clear();
        end.run();
      }
    }
  }

  /**
   * Notes a coder.
   *
   * @param end frees what the library holds for it, and must not refer to the coder
   */
  static Handle add(Coder coder, Runnable end) {
    for (Object lost; (lost = LOST.poll()) != null; ) {
      ((Handle) lost).close();
    }
    Handle handle = new Handle(coder, end);
    OPEN.add(handle);
    return handle;
  }
}
