package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileName;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.Host;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.Oddity;
import org.doveadmsshd.storage.Oddity.Kind;

/** Tells what is odd about files, by their status. Paths and names are one char a byte. */
final class Findings {
  private static final int READ = 0400;
  private static final int ALL = 0700;
  private static final int WRITE_OF_OTHERS = 0002;
  private static final int PERMISSIONS = 07777;
  private static final int MOST_LINES = 50;

  private final String root;
  private final int owner;
  private final MaildirStore.Context context;
  private final Oddity.Taker taker;
  private final long nowNanos;

  /**
   * A place in the tree.
   *
   * @param mailbox its name; empty where it is in none
   * @param path below the root of the mail; empty for that itself; an absolute one where it lies
   *     apart
   */
  record Spot(String mailbox, String path) {
    Spot in(String name) {
      return new Spot(mailbox, path.isEmpty() ? name : path + "/" + name);
    }
  }

  /**
   * @param roots of which one is there
   * @param now what ages are counted from
   */
  Findings(MailRoots roots, MaildirStore.Context context, Oddity.Taker taker, Instant now)
      throws PosixException {
    this.nowNanos = now.toEpochMilli() * 1_000_000L;
    this.root = FileName.of(roots.mailPath().toString());
    this.owner = Host.user() == 0 ? roots.status().uid() : Host.user();
    this.context = context;
    this.taker = taker;
  }

  void add(Kind kind, Spot spot, String detail, Oddity.Mend mend) throws Failure, IOException {
    taker.take(new Oddity(kind, spot.mailbox(), FileName.display(spot.path()), detail, mend));
  }

  /** Something that a command of the machine mends, with the path at its end. */
  void add(Kind kind, Spot spot, String detail, String command) throws Failure, IOException {
    add(kind, spot, detail, system(command + " " + path(spot)));
  }

  static Oddity.Mend system(String line) {
    return new Oddity.Mend.System(line);
  }

  /** A command of doveadm about the mailbox itself. */
  static Oddity.Mend doveadm(String command, Spot spot) {
    return new Oddity.Mend.Doveadm(command, FileName.quoted(FileName.of(spot.mailbox())));
  }

  /** The path of a place as a word for a shell. */
  String path(Spot spot) {
    boolean isWhole = spot.path().startsWith("/");
    String below = spot.path().isEmpty() ? root : root + "/" + spot.path();
    return FileName.quoted(isWhole ? spot.path() : below);
  }

  /** A command that gives a file another name, if nothing has that. */
  String move(Spot from, Spot to) {
    return "mv -nT " + path(from) + " " + path(to);
  }

  /** A command that makes a directory of the owner of the tree. */
  String make(Spot spot, FileStatus model) {
    String mode = Integer.toOctalString(model.mode() & 0777 | ALL);
    return "install -d -m %s -o %d -g %d %s".formatted(mode, owner, model.gid(), path(spot));
  }

  /** Lines of a list that say nothing. */
  void lines(Spot list, List<Integer> lines, String what) throws Failure, IOException {
    if (lines.isEmpty()) {
      return;
    }
    List<Integer> first = lines.subList(0, Math.min(lines.size(), MOST_LINES));
    String shown = first.stream().map(String::valueOf).collect(Collectors.joining(" "));
    String more =
        lines.size() > MOST_LINES ? " and %,d more".formatted(lines.size() - MOST_LINES) : "";
    String removed =
        first.stream().map(line -> "-e " + line + "d").collect(Collectors.joining(" "));
    add(Kind.DAMAGED, list, what + ": " + shown + more, "sed -i.bak " + removed);
  }

  /** How long ago something was, by a time in nanoseconds since 1970. */
  long age(long nanos) {
    return nowNanos - nanos;
  }

  void checkpoint() throws Failure {
    context.checkpoint().check();
  }

  MaildirStore.Context context() {
    return context;
  }

  /**
   * Looks at a directory.
   *
   * @return whether it is one
   */
  boolean directory(Spot spot, FileStatus status) throws Failure, IOException {
    if (status.isLink()) {
      add(Kind.LINK, spot, "it is not followed", "rm");
    } else if (!status.isDirectory()) {
      add(Kind.MISPLACED, spot, "no directory", "rm");
    } else if (!isForeign(spot, status)
        && ((status.mode() & ALL) != ALL || (status.mode() & WRITE_OF_OTHERS) != 0)) {
      add(Kind.WRONG_MODE, spot, mode(status), "chmod u+rwx,o-w");
    }
    return status.isDirectory();
  }

  /**
   * Looks at a file.
   *
   * @param in where it lies
   * @return whether it is one
   */
  boolean file(Directory in, String name, Spot spot, FileStatus status)
      throws Failure, IOException {
    if (status.isLink()) {
      add(Kind.LINK, spot, "it is not followed", "rm");
    } else if (status.isDirectory()) {
      add(Kind.MISPLACED, spot, "a directory", "rmdir");
    } else if (!status.isRegular()) {
      add(Kind.MISPLACED, spot, "no file", "rm");
    } else if (isForeign(spot, status)) {
      // what its mode should be is for its owner
    } else if ((status.mode() & READ) == 0 || !isReadable(in, name)) {
      add(Kind.UNREADABLE, spot, mode(status), "chmod u+rw");
    } else if ((status.mode() & WRITE_OF_OTHERS) != 0) {
      add(Kind.WRONG_MODE, spot, mode(status), "chmod o-w");
    }
    return status.isRegular();
  }

  private boolean isForeign(Spot spot, FileStatus status) throws Failure, IOException {
    if (status.uid() == owner) {
      return false;
    }
    String who = "uid " + status.uid() + ", not " + owner;
    add(Kind.FOREIGN_OWNER, spot, who, "chown -h " + owner);
    return true;
  }

  private static boolean isReadable(Directory in, String name) throws PosixException {
    try {
      in.read(name).close();
      return true;
    } catch (PosixException e) {
      if (e.isDenied()) {
        return false;
      }
      if (e.isMissing() || e.isLink()) {
        return true; // another program was quicker
      }
      throw e;
    }
  }

  private static String mode(FileStatus status) {
    return "mode %04o".formatted(status.mode() & PERMISSIONS);
  }
}
