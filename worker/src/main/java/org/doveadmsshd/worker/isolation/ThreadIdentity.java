package org.doveadmsshd.worker.isolation;

import com.sun.jna.Native;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.supervision.Identity;

/**
 * The identity of one thread. On Linux it is a thread's own; glibc's functions change that of all
 * threads, so the system calls are made without them, and those functions must never be called in
 * the same process.
 */
public final class ThreadIdentity implements UserThreads.Rights {
  private static final int EPERM = 1;

  private static final long SETGROUPS;
  private static final long SETRESUID;
  private static final long GETRESUID;
  private static final long SETRESGID;
  private static final long GETRESGID;
  private static final long GETGROUPS;

  static {
    Native.register(ThreadIdentity.class, "c");
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    SETGROUPS = arm ? 159 : 116;
    SETRESUID = arm ? 147 : 117;
    GETRESUID = arm ? 148 : 118;
    SETRESGID = arm ? 149 : 119;
    GETRESGID = arm ? 150 : 120;
    GETGROUPS = arm ? 158 : 115;
  }

  private final Identity.ValidIds bounds;

  /**
   * @param bounds of the identities that may be taken
   */
  public ThreadIdentity(Identity.ValidIds bounds) {
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
  public void take(MailUser user) throws Failure {
    take(Identity.of(user, bounds));
  }

  private static native long syscall(long number, long a, long b, long c);

  private static native long syscall(long number, long size, int[] list);

  private static native long syscall(long number, int[] real, int[] effective, int[] saved);

  /**
   * Gives the calling thread an identity, for good: user, group and nothing else; its capabilities
   * go with root's user.
   *
   * @throws IllegalStateException when the identity was not taken, or could be undone: the thread
   *     must touch nothing and end
   */
  static void take(Identity identity) {
    int gid = identity.gid();
    int uid = identity.uid();
    check("setgroups", syscall(SETGROUPS, 1, new int[] {gid}));
    check("setresgid", syscall(SETRESGID, id(gid), id(gid), id(gid)));
    check("setresuid", syscall(SETRESUID, id(uid), id(uid), id(uid)));
    verify(GETRESUID, uid);
    verify(GETRESGID, gid);
    verifyGroups(gid);
    refused("setresuid", syscall(SETRESUID, 0, 0, 0));
    refused("setresgid", syscall(SETRESGID, 0, 0, 0));
    refused("setgroups", syscall(SETGROUPS, 0, 0, 0));
  }

  private static long id(int number) {
    return Integer.toUnsignedLong(number);
  }

  private static void check(String call, long result) {
    if (result != 0) {
      throw new IllegalStateException(call + " failed with errno " + Native.getLastError());
    }
  }

  private static void refused(String call, long result) {
    if (result == 0 || Native.getLastError() != EPERM) {
      throw new IllegalStateException(call + " back to root was not refused");
    }
  }

  /** Real, effective and saved. */
  private static void verify(long call, int expected) {
    int[] real = new int[1];
    int[] effective = new int[1];
    int[] saved = new int[1];
    check("getres[ug]id", syscall(call, real, effective, saved));
    if (real[0] != expected || effective[0] != expected || saved[0] != expected) {
      throw new IllegalStateException("the identity is not the one that was taken");
    }
  }

  private static void verifyGroups(int expected) {
    int[] groups = new int[2];
    long count = syscall(GETGROUPS, groups.length, groups);
    if (count != 1 || groups[0] != expected) {
      throw new IllegalStateException("there are further groups");
    }
  }
}
