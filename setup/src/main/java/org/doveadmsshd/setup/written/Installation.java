package org.doveadmsshd.setup.written;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;

/**
 * Writes files and takes them back. What is to be written is noted in a {@link Manifest} before the
 * first file is, so a process that is killed leaves nothing that {@link #undo} does not know. Each
 * file is written aside and renamed. For one process at a time.
 */
public final class Installation {
  /** Ends the name of a file that is kept from before. */
  public static final String KEPT = ".before-setup";

  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path manifest;

  /**
   * @param manifest where it is noted; absolute
   */
  public Installation(Path manifest) {
    this.manifest = manifest;
  }

  /**
   * A directory that is to be there.
   *
   * @param mode of it where it is made
   */
  public record NewDirectory(Path path, String mode, Optional<NewFile.Owner> owner) {}

  /** Those that stand in the way: files that are there already. */
  public List<Path> inTheWay(List<NewFile> files) {
    return files.stream()
        .map(NewFile::path)
        .filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS))
        .toList();
  }

  /**
   * Writes all files. Those that are there already are kept beside, unless they are as an earlier
   * setup has written them.
   *
   * @throws Failure when one cannot be written; those before it are there, and noted
   */
  public void write(List<NewDirectory> directories, List<NewFile> files) throws Failure {
    Optional<Manifest> earlier = Manifest.read(manifest);
    List<Path> made = new ArrayList<>(earlier.map(Manifest::directories).orElse(List.of()));
    List<Manifest.Owned> owners = new ArrayList<>(earlier.map(Manifest::owners).orElse(List.of()));
    try {
      for (NewDirectory directory : directories) {
        make(directory, made, owners);
      }
      List<Manifest.Entry> entries = new ArrayList<>();
      for (NewFile file : files) {
        entries.add(entry(file, earlier));
      }
      List<Path> paths = files.stream().map(NewFile::path).toList();
      earlier.stream()
          .flatMap(before -> before.files().stream())
          .filter(entry -> !paths.contains(entry.path()))
          .forEach(entries::add);
      Manifest noted = new Manifest(entries, made, owners);
      put(NewFile.of(manifest, noted.text(), "rw-------", Optional.empty()));
      for (int i = 0; i < files.size(); i++) {
        keep(entries.get(i), earlier);
        put(files.get(i));
      }
    } catch (IOException e) {
      throw new Failure(
          Outcome.CANNOT_CREATE,
          "Not all could be written: " + Reason.withFile(e) + "; --undo takes back what was",
          e);
    }
  }

  private static void make(NewDirectory directory, List<Path> made, List<Manifest.Owned> owners)
      throws IOException {
    Path path = directory.path();
    if (Files.isDirectory(path)) {
      giveAway(directory, owners);
      return;
    }
    List<Path> missing = new ArrayList<>();
    for (Path each = path; each != null && !Files.isDirectory(each); each = each.getParent()) {
      missing.add(0, each);
    }
    for (Path each : missing) {
      Files.createDirectory(each);
      made.add(each);
    }
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(directory.mode()));
    own(path, directory.owner());
  }

  /** One that is there gets its owner; to whom it belonged is noted, once. */
  private static void giveAway(NewDirectory directory, List<Manifest.Owned> owners)
      throws IOException {
    Path path = directory.path();
    if (directory.owner().isEmpty()) {
      return;
    }
    NewFile.Owner before = new NewFile.Owner(number(path, "unix:uid"), number(path, "unix:gid"));
    if (!before.equals(directory.owner().get())) {
      if (owners.stream().noneMatch(each -> each.path().equals(path))) {
        owners.add(new Manifest.Owned(path, before));
      }
      own(path, directory.owner());
    }
  }

  private static long number(Path path, String attribute) throws IOException {
    return Integer.toUnsignedLong((Integer) Files.getAttribute(path, attribute));
  }

  private static void own(Path path, Optional<NewFile.Owner> owner) throws IOException {
    if (owner.isPresent()) {
      Files.setAttribute(path, "unix:gid", (int) owner.get().gid());
      Files.setAttribute(path, "unix:uid", (int) owner.get().uid());
    }
  }

  private static Manifest.Entry entry(NewFile file, Optional<Manifest> earlier) throws IOException {
    Path path = file.path();
    Optional<Path> kept = earlier.flatMap(before -> before.of(path)).flatMap(Manifest.Entry::kept);
    if (kept.isEmpty() && isAnothers(path, earlier)) {
      kept = Optional.of(free(path));
    }
    return new Manifest.Entry(Manifest.digest(file.content()), path, kept);
  }

  /** Whether something is there that is not as an earlier setup has written it. */
  private static boolean isAnothers(Path path, Optional<Manifest> earlier) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    Optional<Manifest.Entry> written = earlier.flatMap(before -> before.of(path));
    return written.isEmpty() || !isAsWritten(written.get());
  }

  private static boolean isAsWritten(Manifest.Entry entry) throws IOException {
    return Files.isRegularFile(entry.path(), LinkOption.NOFOLLOW_LINKS)
        && Manifest.digest(Files.readAllBytes(entry.path())).equals(entry.digest());
  }

  /** A name for a file that is kept. What was kept once is not written over. */
  private static Path free(Path path) {
    Path kept = path.resolveSibling(path.getFileName() + KEPT);
    for (int i = 2; Files.exists(kept, LinkOption.NOFOLLOW_LINKS); i++) {
      kept = path.resolveSibling(path.getFileName() + KEPT + "." + i);
    }
    return kept;
  }

  private static void keep(Manifest.Entry entry, Optional<Manifest> earlier) throws IOException {
    if (entry.kept().isPresent()
        && !Files.exists(entry.kept().get(), LinkOption.NOFOLLOW_LINKS)
        && isAnothers(entry.path(), earlier)) {
      Files.move(entry.path(), entry.kept().get(), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static void put(NewFile file) throws IOException {
    Path directory = file.path().getParent();
    Path aside = Files.createTempFile(directory, ".setup", ".tmp", OWNER_ONLY);
    boolean done = false;
    try {
      try (OutputStream out = Files.newOutputStream(aside, StandardOpenOption.SYNC)) {
        out.write(file.content());
      }
      own(aside, file.owner());
      Files.setPosixFilePermissions(aside, file.mode());
      Files.move(
          aside, file.path(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      done = true;
    } finally {
      if (!done) {
        Files.deleteIfExists(aside);
      }
    }
    sync(directory);
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * What {@link #undo} has done.
   *
   * @param removed files that are gone
   * @param restored files that are as they were before
   * @param left files that somebody has changed since, and those that are kept for them
   */
  public record Undone(List<Path> removed, List<Path> restored, List<Path> left) {}

  /**
   * Takes back what was written. A file that somebody has changed since stays.
   *
   * @throws Failure when nothing was written, or a file cannot be removed
   */
  public Undone undo() throws Failure {
    Manifest noted =
        Manifest.read(manifest)
            .orElseThrow(
                () ->
                    new Failure(
                        Outcome.NOT_FOUND,
                        "There is no " + manifest + ", so setup has written nothing here"));
    Undone undone = new Undone(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try {
      for (Manifest.Entry entry : noted.files()) {
        undo(entry, undone);
      }
      Files.delete(manifest);
      for (int i = noted.directories().size() - 1; i >= 0; i--) {
        removeIfEmpty(noted.directories().get(i));
      }
      for (Manifest.Owned each : noted.owners()) {
        if (Files.isDirectory(each.path(), LinkOption.NOFOLLOW_LINKS)) {
          own(each.path(), Optional.of(each.owner()));
        }
      }
      return undone;
    } catch (IOException e) {
      throw new Failure(
          Outcome.CANNOT_CREATE, "Not all could be taken back: " + Reason.withFile(e), e);
    }
  }

  private static void undo(Manifest.Entry entry, Undone undone) throws IOException {
    Path path = entry.path();
    boolean isThere = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    boolean wasKept =
        entry.kept().isPresent() && Files.exists(entry.kept().get(), LinkOption.NOFOLLOW_LINKS);
    if (isThere && !isAsWritten(entry)) {
      boolean neverWritten = entry.kept().isPresent() && !wasKept;
      if (!neverWritten) {
        undone.left().add(path);
        entry.kept().filter(kept -> wasKept).ifPresent(undone.left()::add);
      }
    } else if (wasKept) {
      Files.move(
          entry.kept().get(),
          path,
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      undone.restored().add(path);
    } else if (isThere) {
      Files.delete(path);
      undone.removed().add(path);
    }
  }

  private static void removeIfEmpty(Path directory) throws IOException {
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      try (var entries = Files.newDirectoryStream(directory)) {
        if (entries.iterator().hasNext()) {
          return;
        }
      }
      Files.delete(directory);
    }
  }
}
