package org.doveadmsshd.storage.maildir;

import org.doveadmsshd.posix.SystemCalls;

/** Kill -9 at a system call that changes the disk: nothing that comes after it reaches the disk. */
final class SuddenDeath extends Error {
  private static final long serialVersionUID = 1;

  private SuddenDeath() {
    super("killed", null, false, false);
  }

  /** What dies. */
  interface Work {
    void run() throws Exception;
  }

  /** Works for so many calls. Returns whether the work was completed before. */
  static boolean spares(Work work, int calls) throws Exception {
    int[] left = {calls};
    SystemCalls.observe(
        (call, name) -> {
          if (left[0]-- <= 0) {
            throw new SuddenDeath();
          }
          return 0;
        });
    try {
      work.run();
      return true;
    } catch (SuddenDeath e) {
      return false;
    } finally {
      SystemCalls.observe(null);
    }
  }
}
