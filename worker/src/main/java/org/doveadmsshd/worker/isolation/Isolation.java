package org.doveadmsshd.worker.isolation;

import java.io.IOException;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.Failure;

/** Carries out work with the rights that it is to have. Safe for several threads. */
public interface Isolation {
  /** With those of the process. */
  Isolation NONE = (user, work) -> work.run();

  /** Whether the numbers of system calls that are known here are those of this machine. */
  static boolean isKnownMachine() {
    String arch = System.getProperty("os.arch");
    return System.getProperty("os.name").equals("Linux")
        && (arch.equals("amd64") || arch.equals("aarch64"));
  }

  /** Work on a user's mail. */
  @FunctionalInterface
  interface Work {
    void run() throws Failure, IOException;
  }

  /**
   * Carries it out, and returns when it is done.
   *
   * @throws Failure of the work, or when it cannot have the rights; it has not begun then
   */
  void run(MailUser user, Work work) throws Failure, IOException;
}
