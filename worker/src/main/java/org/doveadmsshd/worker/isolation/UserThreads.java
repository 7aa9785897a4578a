package org.doveadmsshd.worker.isolation;

import java.io.IOException;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.Failure;

/**
 * Runs each user's work on a thread of its own. The thread gives up its rights for good before it
 * touches anything, and ends with the work. So the kernel decides which files it may open. Memory
 * is shared with the rest of the process.
 */
public final class UserThreads implements Isolation {
  /** Bytes; more than work for a user takes, and than {@link ThreadStack} keeps. */
  private static final long STACK = 512 * 1024;

  private final Rights rights;
  private final boolean keepsStacks;

  /** Takes from the calling thread all rights but those of a user's work. */
  @FunctionalInterface
  public interface Rights {
    /**
     * @throws Failure when the user cannot have them; nothing has changed then
     * @throws IllegalStateException when they did not come about: the thread must touch nothing
     */
    void take(MailUser user) throws Failure;
  }

  /**
   * @param rights that each thread takes
   * @param keepsStacks whether the memory of stacks is locked, so that the next thread has it
   */
  public UserThreads(Rights rights, boolean keepsStacks) {
    this.rights = rights;
    this.keepsStacks = keepsStacks;
  }

  @Override
  public void run(MailUser user, Work work) throws Failure, IOException {
    Outcomes outcomes = new Outcomes();
    Thread thread = new Thread(null, () -> outcomes.of(user, work), "user", STACK);
    thread.setDaemon(true);
    thread.start();
    join(thread);
    outcomes.raise();
  }

  /** The work looks by itself whether it is to stop; it is never left alone. */
  private static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** How the work has ended on the other thread. */
  private final class Outcomes {
    private Throwable thrown;

    void of(MailUser user, Work work) {
      try {
        if (keepsStacks) {
          ThreadStack.keep();
        }
        rights.take(user);
        work.run();
      } catch (Throwable e) { // the top of a thread; raised on the one that waits
        thrown = e;
      }
    }

    void raise() throws Failure, IOException {
      if (thrown instanceof Failure) {
        throw (Failure) thrown;
      }
      if (thrown instanceof IOException) {
        throw (IOException) thrown;
      }
      if (thrown instanceof Error) {
        throw (Error) thrown;
      }
      if (thrown != null) {
        throw (RuntimeException) thrown;
      }
    }
  }
}
