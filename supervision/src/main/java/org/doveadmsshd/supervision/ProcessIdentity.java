package org.doveadmsshd.supervision;

import com.sun.jna.Native;
import org.doveadmsshd.posix.NamedCalls;

/**
 * The identity of the whole process: glibc's functions change that of all its threads. They must
 * never meet a thread that has taken one for itself: the JVM would be aborted.
 */
public final class ProcessIdentity {
  private static final int EPERM = 1;

  private ProcessIdentity() {}

  /** Sets the permissions that new files do not get. */
  public static void mask(int mask) {
    NamedCalls.call("umask", mask);
  }

  /**
   * Leaves the terminal's session, so that signals from the terminal where the program was started
   * do not reach the process.
   */
  public static void leaveTerminal() {
    NamedCalls.call("setsid"); // fails where it is not needed
  }

  /**
   * Ends the process as the system does it. The JVM would look after its threads first, and wait a
   * third of a second for one that is in a system call.
   */
  public static void exit(int code) {
    NamedCalls.call("_exit", code);
  }

  /**
   * Gives the process a single group while it stays root: files that it makes belong to that group.
   *
   * @throws IllegalStateException when it may not
   */
  public static void takeGroup(int gid) {
    check("setgroups", 1L, new int[] {gid});
    check("setresgid", gid, gid, gid);
  }

  /**
   * Gives the process an identity, for good: user, group and nothing else; its capabilities go with
   * root's user.
   *
   * @throws IllegalStateException when the identity was not taken, or could be undone: the process
   *     must touch nothing and end
   */
  public static void take(Identity identity) {
    int uid = identity.uid();
    int gid = identity.gid();
    takeGroup(gid);
    check("setresuid", uid, uid, uid);
    verify(identity);
    refused("setresuid", 0, 0, 0);
    refused("setresuid", -1, 0, -1);
    refused("setresgid", 0, 0, 0);
    refused("setgroups", 1L, new int[] {0});
  }

  private static void verify(Identity identity) {
    int[][] ids = {new int[1], new int[1], new int[1], new int[1], new int[1], new int[1]};
    int[] groups = new int[2];
    check("getresuid", ids[0], ids[1], ids[2]);
    check("getresgid", ids[3], ids[4], ids[5]);
    int count = (int) NamedCalls.call("getgroups", groups.length, groups);
    int uid = identity.uid();
    int gid = identity.gid();
    boolean taken = count == 1 && groups[0] == gid;
    for (int i = 0; i < ids.length; i++) {
      taken &= ids[i][0] == (i < 3 ? uid : gid);
    }
    if (!taken) {
      throw new IllegalStateException("the identity is not the one that was taken");
    }
  }

  private static void check(String call, Object... arguments) {
    if ((int) NamedCalls.call(call, arguments) != 0) {
      throw new IllegalStateException(call + " failed with errno " + Native.getLastError());
    }
  }

  private static void refused(String call, Object... arguments) {
    if ((int) NamedCalls.call(call, arguments) == 0 || Native.getLastError() != EPERM) {
      throw new IllegalStateException(call + " back to root was not refused");
    }
  }
}
