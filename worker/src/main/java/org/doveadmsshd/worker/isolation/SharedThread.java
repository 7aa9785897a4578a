package org.doveadmsshd.worker.isolation;

import java.io.IOException;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.Failure;

/**
 * Carries out work on the thread that asks for it. Each such thread takes its rights once, before
 * it touches anything, for all users whom it will work for, and has them until it ends. One thread
 * works at a time.
 */
public final class SharedThread implements Isolation {
  private final UserThreads.Rights rights;
  private Thread ready; // the last that has taken them

  /**
   * @param rights that a thread takes at its first user
   */
  public SharedThread(UserThreads.Rights rights) {
    this.rights = rights;
  }

  @Override
  public void run(MailUser user, Work work) throws Failure, IOException {
    if (ready != Thread.currentThread()) {
      rights.take(user);
      ready = Thread.currentThread();
    }
    work.run();
  }
}
