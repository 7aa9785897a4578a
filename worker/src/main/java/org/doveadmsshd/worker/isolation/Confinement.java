package org.doveadmsshd.worker.isolation;

import com.sun.jna.Native;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.NamedCalls;

/**
 * Confines the calling thread for the rest of its life (landlock(7)): it sees nothing of the file
 * system but the mail that it is to work on and the program's own files, and uses no network. The
 * thread must be made for the work and end with it. It needs no rights for that, only that
 * no_new_privs is set.
 *
 * <p>Landlock holds for a thread and those it makes: the JVM's own, which collect garbage and
 * compile, are not confined.
 */
public final class Confinement implements UserThreads.Rights {
  private static final long CREATE_RULESET = 444;
  private static final long ADD_RULE = 445;
  private static final long RESTRICT_SELF = 446;
  private static final int VERSION_FLAG = 1;
  private static final int PATH_BENEATH = 1;

  private static final int O_PATH = 0x20_0000;
  private static final int O_DIRECTORY =
      System.getProperty("os.arch").equals("aarch64") ? 0x4000 : 0x1_0000;

  private static final int O_CLOEXEC = 0x8_0000;

  private static final long WRITE_FILE = 1 << 1;
  private static final long READ_FILE = 1 << 2;
  private static final long READ_DIR = 1 << 3;
  private static final long REMOVE_DIR = 1 << 4;
  private static final long REMOVE_FILE = 1 << 5;
  private static final long MAKE_DIR = 1 << 7;
  private static final long MAKE_REG = 1 << 8;
  private static final long REFER = 1 << 13;
  private static final long TRUNCATE = 1 << 14;
  private static final long READ = READ_FILE | READ_DIR;
  private static final long MAIL =
      READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE;

  /** All rights that a version of Landlock knows, by its number less one. */
  private static final int[] RIGHTS = {13, 14, 15, 15, 16};

  /** What the network and others' processes are, from versions 4 and 6 on. */
  private static final long NETWORK = 3;

  private static final long SCOPES = 3;

  private final int version;
  private final Trees trees;
  private final List<Integer> program = new ArrayList<>(); // open as long as the process is there

  /** Says where the mail is that the thread works on, from this user on. */
  @FunctionalInterface
  public interface Trees {
    Collection<Path> of(MailUser user) throws Failure;
  }

  /**
   * @param trees directories of mail; what does not exist is left out
   * @param program directories that may be read: the JVM's and the program's; opened here
   */
  public Confinement(Trees trees, List<Path> program) {
    this.version = version();
    this.trees = trees;
    for (Path directory : program) {
      int fd = open(directory);
      if (fd >= 0) {
        this.program.add(fd);
      }
    }
  }

  private static long syscall(long number, Object... arguments) {
    Object[] all = new Object[arguments.length + 1];
    all[0] = number;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return NamedCalls.call("syscall", all);
  }

  /** The version of Landlock that this kernel has; 0 for none. */
  public static int version() {
    return Isolation.isKnownMachine()
        ? (int) Math.max(0, syscall(CREATE_RULESET, 0L, 0L, VERSION_FLAG))
        : 0;
  }

  @Override
  public void take(MailUser user) throws Failure {
    restrict(trees.of(user));
  }

  /**
   * @throws IllegalStateException when it cannot be had; the thread must touch nothing then
   */
  private void restrict(Collection<Path> mail) {
    long known = (1L << RIGHTS[Math.min(version, RIGHTS.length) - 1]) - 1;
    int ruleset = ruleset(known);
    try {
      for (int fd : program) {
        allow(ruleset, fd, READ & known);
      }
      for (Path directory : mail) {
        int fd = open(directory);
        if (fd >= 0) { // what cannot be opened is not seen in any case
          try {
            allow(ruleset, fd, MAIL & known);
          } finally {
            NamedCalls.call("close", fd);
          }
        }
      }
      check("landlock_restrict_self", syscall(RESTRICT_SELF, ruleset, 0L));
    } finally {
      NamedCalls.call("close", ruleset);
    }
  }

  /** struct landlock_ruleset_attr: what is refused unless a rule allows it. */
  private int ruleset(long known) {
    long[] attributes = {known, version >= 4 ? NETWORK : 0, version >= 6 ? SCOPES : 0};
    long size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    long fd = syscall(CREATE_RULESET, attributes, size, 0L);
    check("landlock_create_ruleset", Math.min(fd, 0));
    return (int) fd;
  }

  /** Says nothing of what cannot be opened: less than 0. */
  private static int open(Path directory) {
    byte[] path = (directory + "\0").getBytes(StandardCharsets.UTF_8);
    return (int) NamedCalls.call("open", path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  }

  /** struct landlock_path_beneath_attr, packed: 64 bits of rights, 32 of a descriptor. */
  private static void allow(int ruleset, int fd, long rights) {
    int low = (int) rights;
    int high = (int) (rights >>> Integer.SIZE);
    boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    int[] attributes = {little ? low : high, little ? high : low, fd};
    check("landlock_add_rule", syscall(ADD_RULE, ruleset, PATH_BENEATH, attributes, 0L));
  }

  private static void check(String call, long result) {
    if (result < 0) {
      throw new IllegalStateException(call + " failed with errno " + Native.getLastError());
    }
  }
}
