package org.doveadmsshd.posix;

import com.sun.jna.Native;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * An open directory. Every operation is relative to it and follows no symbolic link in the name it
 * is given, so nothing that the directory's owner plants can lead out of it.
 *
 * <p>Not safe for several threads. Names are one char a byte and hold no {@code /}.
 */
public final class Directory implements Closeable {
  private static final int OPEN = LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC;
  private static final int DIRENT_LENGTH = 16;
  private static final int DIRENT_TYPE = 18;
  private static final int DIRENT_NAME = 19;
  private static final int DT_UNKNOWN = 0;
  private static final int DT_DIR = 4;
  private static final int DT_REG = 8;
  private static final int DT_LNK = 10;

  private final String shownName;

  /** Further flags of open(2) for whatever is opened in it. */
  private final int further;

  private int fd;
  private boolean listed;

  private Directory(int fd, String shownName, int further) {
    this.fd = fd;
    this.shownName = shownName;
    this.further = further;
  }

  /** Opens a directory by its path, which is trusted: links in it are followed. */
  public static Directory open(Path path) throws PosixException {
    String name = FileName.of(path.toString());
    return new Directory(openat(LibC.AT_FDCWD, name, OPEN, 0, name), name, 0);
  }

  /**
   * Opens this directory once more. Reading it, and what is opened through it, changes no access
   * times where the system allows that: to the owner of a file, and to root.
   */
  public Directory unnoticed() throws PosixException {
    int opened = openat(fd, ".", OPEN | LibC.O_NOATIME, 0, shownName);
    return new Directory(opened, shownName, LibC.O_NOATIME);
  }

  /** Opens a directory inside this one. */
  public Directory directory(String name) throws PosixException {
    SystemCalls.announceRead("opendir", shown(name));
    int flags = OPEN | LibC.O_NOFOLLOW | further;
    return new Directory(openat(fd, name, flags, 0, shown(name)), shown(name), further);
  }

  /** Opens a file for reading; does not wait for the other end of a FIFO. */
  public OpenFile read(String name) throws PosixException {
    String shown = shown(name);
    SystemCalls.announceRead("open", shown);
    return open(name, LibC.O_RDONLY | LibC.O_NONBLOCK, 0, shown);
  }

  /** Opens an existing file for appending. */
  public OpenFile append(String name) throws PosixException {
    String shown = shown(name);
    SystemCalls.announce("append", shown);
    return open(name, LibC.O_WRONLY | LibC.O_APPEND | LibC.O_NONBLOCK, 0, shown);
  }

  /** Opens an existing file for reading, and for writing over what stands in it. */
  public OpenFile overwrite(String name) throws PosixException {
    String shown = shown(name);
    SystemCalls.announce("overwrite", shown);
    return open(name, LibC.O_RDWR | LibC.O_NONBLOCK, 0, shown);
  }

  /** Creates a file that must not exist yet, for writing. */
  public OpenFile create(String name, int mode) throws PosixException {
    String shown = shown(name);
    SystemCalls.announce("open", shown);
    return open(name, LibC.O_WRONLY | LibC.O_CREAT | LibC.O_EXCL, mode, shown);
  }

  /** Creates a file that must not exist yet, for appending and reading. */
  public OpenFile createSpool(String name) throws PosixException {
    String shown = shown(name);
    SystemCalls.announce("open", shown);
    return open(name, LibC.O_RDWR | LibC.O_APPEND | LibC.O_CREAT | LibC.O_EXCL, 0600, shown);
  }

  private OpenFile open(String name, int flags, int mode, String shown) throws PosixException {
    int all = flags | LibC.O_NOFOLLOW | LibC.O_CLOEXEC | further;
    return new OpenFile(openat(fd, name, all, mode, shown), shown);
  }

  private static int openat(int fd, String name, int flags, int mode, String shown)
      throws PosixException {
    int opened = LibC.openat(fd, Scratch.get().name(name), flags, mode);
    if (opened < 0 && (flags & LibC.O_NOATIME) != 0 && Native.getLastError() == LibC.EPERM) {
      return openat(fd, name, flags & ~LibC.O_NOATIME, mode, shown); // it is another user's
    }
    if (opened < 0) {
      throw new PosixException("open", shown, Native.getLastError());
    }
    return opened;
  }

  /** The names in this directory without {@code .} and {@code ..}, in directory order. */
  public List<String> list() throws PosixException {
    List<String> names = new ArrayList<>();
    each(
        type -> true,
        (array, from, length) ->
            names.add(new String(array, from, length, StandardCharsets.ISO_8859_1)));
    return names;
  }

  /** The names of entries that are directories, or links, or of an unknown kind. */
  public List<String> subdirectories() throws PosixException {
    List<String> names = new ArrayList<>();
    each(
        type -> type == DT_DIR || type == DT_LNK || type == DT_UNKNOWN,
        (array, from, length) ->
            names.add(new String(array, from, length, StandardCharsets.ISO_8859_1)));
    return names;
  }

  /** Takes the names of a directory one by one. */
  @FunctionalInterface
  public interface Names<X extends Exception> {
    /**
     * Called for each; must make no system call meanwhile.
     *
     * @param array in which it stands from a position on; of no use after the call
     * @param length of the name, in bytes
     */
    void take(byte[] array, int from, int length) throws X;
  }

  /** Shows all names but {@code .} and {@code ..}, whatever they are names of. */
  public <X extends Exception> void entries(Names<X> names) throws PosixException, X {
    each(type -> true, names);
  }

  /**
   * Shows all names but those of entries that are known to be no regular file: directories, links,
   * FIFOs.
   */
  public <X extends Exception> void files(Names<X> names) throws PosixException, X {
    each(type -> type == DT_REG || type == DT_UNKNOWN, names);
  }

  private <X extends Exception> void each(IntPredicate wanted, Names<X> names)
      throws PosixException, X {
    SystemCalls.announceRead("list", shownName);
    Scratch scratch = Scratch.get();
    ByteBuffer entries = scratch.buffer;
    if (listed) {
      LibC.lseek(fd, 0, 0);
    }
    listed = true;
    byte[] copy = {};
    while (true) {
      int length = (int) LibC.getdents64(fd, scratch.bufferAddress, Scratch.BUFFER);
      if (length < 0) {
        throw new PosixException("getdents", shownName, Native.getLastError());
      }
      if (length == 0) {
        return;
      }
      copy = length > copy.length ? new byte[length] : copy;
      entries.get(0, copy, 0, length);
      for (int at = 0; at < length; at += entries.getShort(at + DIRENT_LENGTH) & 0xffff) {
        if (wanted.test(copy[at + DIRENT_TYPE])) {
          take(copy, at + DIRENT_NAME, names);
        }
      }
    }
  }

  private static <X extends Exception> void take(byte[] array, int from, Names<X> names) throws X {
    int end = from;
    while (array[end] != 0) {
      end++;
    }
    int length = end - from;
    boolean self = array[from] == '.' && (length == 1 || length == 2 && array[from + 1] == '.');
    if (!self) {
      names.take(array, from, length);
    }
  }

  /** The status of something in this directory, of the link itself where it is one. */
  public FileStatus status(String name) throws PosixException {
    String shown = shown(name);
    SystemCalls.announceRead("stat", shown);
    Scratch scratch = Scratch.get();
    return status(scratch, scratch.name(name), LibC.AT_SYMLINK_NOFOLLOW, shown);
  }

  /** The status of this directory. */
  public FileStatus status() throws PosixException {
    Scratch scratch = Scratch.get();
    return status(scratch, scratch.name(""), LibC.AT_EMPTY_PATH, shownName);
  }

  private FileStatus status(Scratch scratch, long name, int flags, String shown)
      throws PosixException {
    if (LibC.statx(fd, name, flags, FileStatus.MASK, scratch.statAddress) < 0) {
      throw new PosixException("stat", shown, Native.getLastError());
    }
    return FileStatus.of(scratch.stat);
  }

  /** Removes a file. */
  public void unlink(String name) throws PosixException {
    unlink(name, 0);
  }

  /** Removes an empty directory. */
  public void removeDirectory(String name) throws PosixException {
    unlink(name, LibC.AT_REMOVEDIR);
  }

  private void unlink(String name, int flags) throws PosixException {
    SystemCalls.announce("unlink", shown(name));
    if (LibC.unlinkat(fd, Scratch.get().name(name), flags) < 0) {
      throw new PosixException("unlink", shown(name), Native.getLastError());
    }
  }

  /** Makes a directory; its mode is subject to the umask. */
  public void makeDirectory(String name, int mode) throws PosixException {
    SystemCalls.announce("mkdir", shown(name));
    if (LibC.mkdirat(fd, Scratch.get().name(name), mode) < 0) {
      throw new PosixException("mkdir", shown(name), Native.getLastError());
    }
  }

  /** Renames within this directory, over whatever has the new name. */
  public void rename(String from, String to) throws PosixException {
    SystemCalls.announce("rename", shown(from));
    Scratch scratch = Scratch.get();
    if (LibC.renameat(fd, scratch.name(from), fd, scratch.other(to)) < 0) {
      throw new PosixException("rename", shown(from), Native.getLastError());
    }
  }

  /**
   * Renames into a directory of the same file system, in one step, unless the new name is taken.
   *
   * @throws PosixException {@link PosixException#isExisting} when it is
   */
  public void rename(String from, Directory target, String to) throws PosixException {
    SystemCalls.announce("rename", shown(from));
    Scratch scratch = Scratch.get();
    long old = scratch.name(from);
    long next = scratch.other(to);
    if (LibC.renameat2(fd, old, target.fd, next, LibC.RENAME_NOREPLACE) == 0) {
      return;
    }
    int error = Native.getLastError();
    boolean unsupported = error == LibC.EINVAL || error == LibC.ENOSYS;
    if (unsupported && !target.has(to)) { // a network file system: as Dovecot does it
      error =
          LibC.renameat(fd, scratch.name(from), target.fd, scratch.other(to)) == 0
              ? 0
              : Native.getLastError();
    } else if (unsupported) {
      error = LibC.EEXIST;
    }
    if (error != 0) {
      throw new PosixException("rename", shown(from), error);
    }
  }

  /** Gives a file a further name in another directory of the same file system. */
  public void link(String from, Directory target, String to) throws PosixException {
    SystemCalls.announce("link", target.shown(to));
    Scratch scratch = Scratch.get();
    if (LibC.linkat(fd, scratch.name(from), target.fd, scratch.other(to), 0) < 0) {
      throw new PosixException("link", target.shown(to), Native.getLastError());
    }
  }

  /** Whether there is something of that name. */
  public boolean has(String name) throws PosixException {
    try {
      status(name);
      return true;
    } catch (PosixException e) {
      if (e.isMissing()) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Whether a name is a symbolic link behind which there is a directory, or may be. Nothing is
   * opened.
   */
  public boolean leadsToDirectory(String name) {
    try {
      Scratch scratch = Scratch.get();
      return status(name).isLink()
          && status(scratch, scratch.name(name), 0, shown(name)).isDirectory();
    } catch (PosixException e) {
      return e.isDenied();
    }
  }

  /**
   * Gives this directory the permissions and the owner of another, as {@link OpenFile#adopt} does
   * for files: {@code (mode & 0777) | 0700}.
   */
  public void adopt(FileStatus model) throws PosixException {
    SystemCalls.announce("chmod", shownName);
    FileStatus own = status();
    if (own.uid() != model.uid() || own.gid() != model.gid()) {
      LibC.fchown(fd, model.uid(), model.gid());
    }
    if (LibC.fchmod(fd, model.mode() & 0777 | 0700) < 0) {
      throw new PosixException("fchmod", shownName, Native.getLastError());
    }
  }

  /** Makes what happened to names in this directory durable. */
  public void sync() throws PosixException {
    SystemCalls.announce("fsync", shownName);
    if (LibC.fsync(fd) < 0) {
      throw new PosixException("fsync", shownName, Native.getLastError());
    }
  }

  private String shown(String name) {
    return shownName + "/" + name;
  }

  /** Its path, for logs. */
  @Override
  public String toString() {
    return FileName.display(shownName);
  }

  @Override
  public void close() {
    if (fd >= 0) {
      LibC.close(fd);
      fd = -1;
    }
  }
}
