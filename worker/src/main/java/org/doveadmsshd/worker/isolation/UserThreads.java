package org.doveadmsshd.worker.isolation;

import java.io.IOException;
import org.doveadmsshd.auth.MailUser;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.protocol.Outcome;

/**
 * Each user's work has a thread of its own, which takes the user's identity for good before it
 * touches anything, and ends with the work: the kernel then decides which files it may open. Memory
 * is shared with the rest of the process.
 */
public final class UserThreads implements Isolation {
  private final Identity.Bounds bounds;

  /**
   * @param bounds of the identities that may be taken
   */
  public UserThreads(Identity.Bounds bounds) {
    this.bounds = bounds;
  }

  /**
   * Says why this cannot be had here.
   *
   * @throws Failure when the system is another one, or the process may not change identities
   */
  public static void check() throws Failure {
    boolean possible = Isolation.isKnownMachine() && System.getProperty("user.name").equals("root");
    if (!possible) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "isolation = thread needs Linux on amd64 or aarch64, and a server that runs as root");
    }
  }

  @Override
  public void run(MailUser user, Work work) throws Failure, IOException {
    Identity identity = Identity.of(user, bounds);
    Outcomes outcomes = new Outcomes();
    Thread thread = new Thread(() -> outcomes.of(identity, work), "user-" + identity.uid());
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
  private static final class Outcomes {
    private Throwable thrown;

    void of(Identity identity, Work work) {
      try {
        ThreadIdentity.take(identity);
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
