package org.doveadmsshd.worker.term;

import org.doveadmsshd.base.Failure;

/**
 * The highest term that was seen for each user. A brain whose placement is older than that has a
 * lower one, and is refused. Safe for several threads.
 */
public interface Terms extends AutoCloseable {
  /** Where none are kept. */
  Terms NONE =
      new Terms() {
        @Override
        public boolean areKept() {
          return false;
        }

        @Override
        public void check(String user, long term) throws Failure {
          throw Failure.temporary(
              "This server keeps no terms (no terms_directory), so it cannot tell whether"
                  + " the placement that has sent this one is stale; nothing was done",
              null);
        }
      };

  /** Whether brains are told that they may send terms. */
  boolean areKept();

  /**
   * Remembers a term, if it is higher than those before, and returns when that is on disk: the user
   * may be touched then.
   *
   * @param user in any case
   * @param term unsigned
   * @throws Failure with {@code TEMPORARY_FAILURE} when a higher one has been seen, or when it
   *     cannot be remembered; the user is not to be touched
   */
  void check(String user, long term) throws Failure;

  /** Nothing is checked any more. */
  @Override
  default void close() {}
}
