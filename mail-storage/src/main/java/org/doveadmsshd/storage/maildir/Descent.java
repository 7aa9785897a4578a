package org.doveadmsshd.storage.maildir;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.accounts.UserDirectory;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileName;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.PosixException;

/** Opens and makes directories several levels down, each relative to the one above it. */
final class Descent {
  private Descent() {}

  /**
   * Opens a directory.
   *
   * @param levels at least one
   */
  static Directory open(Directory root, List<String> levels) throws PosixException {
    Directory directory = root.directory(levels.get(0));
    for (String level : levels.subList(1, levels.size())) {
      try (Directory parent = directory) {
        directory = parent.directory(level);
      }
    }
    return directory;
  }

  /** As above; nothing where it is missing. */
  static Optional<Directory> openIfThere(Directory root, List<String> levels)
      throws PosixException {
    try {
      return Optional.of(open(root, levels));
    } catch (PosixException e) {
      if (e.isMissing() && !e.isNotDirectory()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Opens a directory; makes what is missing of it.
   *
   * @param model whose owner and permissions it gets
   */
  static Directory make(Directory root, List<String> levels, FileStatus model)
      throws PosixException {
    Directory directory = make(root, levels.get(0), model);
    for (String level : levels.subList(1, levels.size())) {
      try (Directory parent = directory) {
        directory = make(parent, level, model);
      }
    }
    return directory;
  }

  private static Directory make(Directory parent, String name, FileStatus model)
      throws PosixException {
    try {
      return parent.directory(name);
    } catch (PosixException e) {
      if (!e.isMissing() || e.isNotDirectory()) {
        throw e;
      }
    }
    try {
      parent.makeDirectory(name, 0700);
    } catch (PosixException e) {
      if (!e.isExisting()) {
        throw e; // else another process has made it meanwhile
      }
    }
    return adopted(parent.directory(name), model);
  }

  private static Directory adopted(Directory made, FileStatus model) throws PosixException {
    try {
      made.adopt(model);
      return made;
    } catch (PosixException e) {
      made.close();
      throw e;
    }
  }

  /** Opens a user's directory. */
  static Directory open(UserDirectory place) throws PosixException {
    return below(Directory.open(place.trusted()), place);
  }

  private static Directory below(Directory trusted, UserDirectory place) throws PosixException {
    if (place.below().isEmpty()) {
      return trusted;
    }
    try (trusted) {
      return open(trusted, place.below().stream().map(FileName::of).toList());
    }
  }

  /** Opens a user's directory; makes what is missing of it, also of the trusted path. */
  static Directory make(UserDirectory place, FileStatus model) throws PosixException {
    Directory trusted = make(place.trusted(), model);
    if (place.below().isEmpty()) {
      return trusted;
    }
    try (trusted) {
      return make(trusted, place.below().stream().map(FileName::of).toList(), model);
    }
  }

  private static Directory make(Path path, FileStatus model) throws PosixException {
    try {
      return Directory.open(path);
    } catch (PosixException e) {
      if (!e.isMissing() || e.isNotDirectory() || path.getParent() == null) {
        throw e;
      }
    }
    try (Directory parent = make(path.getParent(), model)) {
      return make(parent, FileName.of(path.getFileName().toString()), model);
    }
  }

  /** Removes empty directories, from the last level upwards; ends where something is left. */
  static void removeEmpty(Directory root, List<String> levels) throws PosixException {
    removeEmpty(root, levels, 0);
  }

  /** As above, but so many of the first levels stay. */
  static void removeEmpty(Directory root, List<String> levels, int staying) throws PosixException {
    for (int depth = levels.size(); depth > staying; depth--) {
      try {
        remove(root, levels.subList(0, depth));
      } catch (PosixException e) {
        if (e.isNotEmpty()) {
          return;
        }
        if (!e.isMissing()) {
          throw e;
        }
      }
    }
  }

  /** Removes an empty directory. */
  static void remove(Directory root, List<String> levels) throws PosixException {
    String last = levels.get(levels.size() - 1);
    if (levels.size() == 1) {
      root.removeDirectory(last);
      return;
    }
    try (Directory parent = open(root, levels.subList(0, levels.size() - 1))) {
      parent.removeDirectory(last);
    }
  }

  /**
   * Renames a directory into another place below the same root.
   *
   * @param model of directories that are made on the way
   * @throws PosixException {@link PosixException#isExisting} when the new name is taken
   */
  static void rename(Directory root, List<String> from, List<String> to, FileStatus model)
      throws PosixException {
    try (Directory source = parent(root, from, null);
        Directory target = parent(root, to, model)) {
      Directory into = target == null ? root : target;
      Directory out = source == null ? root : source;
      out.rename(from.get(from.size() - 1), into, to.get(to.size() - 1));
      into.sync();
      out.sync();
    }
  }

  /** The directory above the last level; null for the root itself. */
  private static Directory parent(Directory root, List<String> levels, FileStatus model)
      throws PosixException {
    if (levels.size() == 1) {
      return null;
    }
    List<String> above = levels.subList(0, levels.size() - 1);
    return model == null ? open(root, above) : make(root, above, model);
  }
}
