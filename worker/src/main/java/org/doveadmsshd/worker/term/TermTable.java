package org.doveadmsshd.worker.term;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.Sha256;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Terms in a directory, of which nothing stays in memory. Each of its files is a hash table twice
 * as large as the one before. A user's record stays where it was first written, and a file is made
 * when a page of the last one is full. So nothing is ever moved, and nothing is lost in a crash.
 *
 * <p>The directory is made, and taken for this process alone, when the first term comes.
 */
public final class TermTable implements Terms {
  private static final Logger LOG = LoggerFactory.getLogger(TermTable.class);
  private static final int FIRST_PAGES = 256; // 1 MiB, for some 20,000 users
  private static final String NAME = "terms-%02d";

  /** Users of a page of 128 records, on average, after others have been forgotten. */
  private static final int USUAL = 64;

  private static final Set<StandardOpenOption> FOR_LOCK =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  private static final FileAttribute<?> OWN =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> OWN_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path directory;
  private final int firstPages;

  // guarded by this
  private final List<Segment> segments = new ArrayList<>();
  private FileLock lock;
  private boolean isClosed;

  /** Nothing is opened yet. */
  public TermTable(Path directory) {
    this(directory, FIRST_PAGES);
  }

  /**
   * As above.
   *
   * @param firstPages size of the first file, a power of two
   */
  TermTable(Path directory, int firstPages) {
    this.directory = directory;
    this.firstPages = firstPages;
  }

  @Override
  public boolean areKept() {
    return true;
  }

  @Override
  public void check(String user, long term) throws Failure {
    boolean isInterrupted = Thread.interrupted(); // else it would close what it makes and locks
    try {
      note(user, term).await();
    } catch (IOException e) {
      throw Failure.temporary(
          "The terms of users cannot be kept in %s (terms_directory): %s; nothing was done"
              .formatted(directory, Reason.of(e)),
          e);
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Writes a term if it is a higher one; says what has to be on disk then. */
  private synchronized Segment note(String user, long term) throws IOException, Failure {
    open();
    Segment.Key key = key(user);
    Segment.Slot slot = find(key);
    if (slot.isThere() && Long.compareUnsigned(term, slot.term()) < 0) {
      throw Failure.temporary(
          "The placement is stale: it has term %s for this user, and this server has been asked with %s; nothing was done"
              .formatted(Long.toUnsignedString(term), Long.toUnsignedString(slot.term())),
          null);
    }
    if (!slot.isThere() || term != slot.term()) {
      slot = slot.at() < 0 ? grow().find(key) : slot;
      slot.segment().write(slot, key, term);
    }
    return slot.segment();
  }

  /** Where a user's term is; else room for it, if there is any in the last file. */
  private Segment.Slot find(Segment.Key key) throws IOException {
    Segment.Slot free = null;
    for (int i = segments.size() - 1; i >= 0; i--) { // half of all users are in the last
      Segment.Slot slot = segments.get(i).find(key);
      if (slot.isThere()) {
        return slot;
      }
      free = free == null ? slot : free;
    }
    return free;
  }

  private Segment grow() throws IOException {
    Segment last = segments.get(segments.size() - 1);
    return add(Segment.make(path(segments.size()), 2 * last.pages(), last.salt()));
  }

  /**
   * What it takes.
   *
   * @param users that have a term
   * @param bytes of the files, most of which may be holes
   */
  public record Extent(long users, long bytes) {}

  /**
   * Counts the users. Reads all files.
   *
   * @throws Failure when they cannot be read, or a server has them open
   */
  public synchronized Extent extent() throws Failure {
    try {
      open();
      long users = 0;
      long bytes = 0;
      for (Segment segment : segments) {
        users += segment.users();
        bytes += segment.bytes();
      }
      return new Extent(users, bytes);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * Forgets the terms of users that there are no more. A brain that works from an older placement
   * would be believed about them, so none may be left.
   *
   * <p>Whoever is kept goes to a file of its own, which takes the place of the first one as a
   * whole; then the others are removed, the last one first. A crash leaves all terms of before, or
   * of those who are kept, or something between that has each of these.
   *
   * @param present lists the users that are kept
   * @throws Failure when it does not list them to the end, or the files cannot be written; nobody
   *     is forgotten then
   */
  public synchronized void forgetAllBut(Userdb present) throws Failure {
    if (!present.canList()) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "The userdb cannot list its users, so it cannot be said who is gone; nobody is forgotten");
    }
    try {
      long users = extent().users();
      long pages = firstPages;
      while (pages * USUAL < users) {
        pages *= 2;
      }
      while (!keep(present, pages)) {
        pages *= 2; // a page was full
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private Failure unreadable(IOException e) {
    return Failure.temporary(
        "The terms in %s cannot be read or written: %s".formatted(directory, Reason.of(e)), e);
  }

  /** False when there is no room for them in so many pages. */
  private boolean keep(Userdb present, long pages) throws Failure, IOException {
    Segment kept = Segment.unfinished(path(0), pages, segments.get(0).salt());
    boolean isDone = false;
    try {
      Copy copy = new Copy(kept);
      present.forEach(copy::keep);
      if (copy.listed == 0) {
        throw new Failure(
            Outcome.NOT_FOUND, "The userdb lists no user at all; nobody is forgotten");
      }
      if (copy.isFull) {
        return false;
      }
      kept.finish(path(0));
      isDone = true;
    } finally {
      if (!isDone) {
        kept.remove();
      }
    }
    kept.close();
    for (int i = segments.size() - 1; i > 0; i--) {
      segments.get(i).remove();
    }
    closeFiles();
    return true;
  }

  /** Takes the terms of some users to another file. */
  private final class Copy {
    private final Segment to;
    private long listed;
    private boolean isFull;

    Copy(Segment to) {
      this.to = to;
    }

    void keep(String user) throws IOException {
      listed++;
      Segment.Key key = key(user);
      Segment.Slot from = find(key);
      Segment.Slot slot = to.find(key);
      if (from.isThere() && !slot.isThere()) {
        isFull |= slot.at() < 0;
        if (!isFull) {
          to.write(slot, key, from.term());
        }
      }
    }
  }

  private Segment add(Segment segment) {
    segments.add(segment);
    return segment;
  }

  private Path path(int number) {
    return directory.resolve(NAME.formatted(number));
  }

  /** Salted, so that nobody can choose names that fill one page. */
  private Segment.Key key(String user) {
    MessageDigest digest = Sha256.begin();
    digest.update(segments.get(0).salt());
    digest.update(user.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    return new Segment.Key(hash.getLong(), hash.getLong() | 1); // no record is all zero
  }

  private void open() throws IOException {
    if (isClosed) {
      throw new IOException("the server is stopping");
    }
    if (!segments.isEmpty()) {
      return;
    }
    if (!Files.isDirectory(directory)) {
      Files.createDirectory(directory, OWN_DIRECTORY);
    }
    boolean isOpen = false;
    try {
      lock = lock();
      openSegments();
      isOpen = true;
    } finally {
      if (!isOpen) {
        closeFiles();
      }
    }
  }

  private void openSegments() throws IOException {
    if (!Files.exists(path(0))) {
      byte[] salt = new byte[Segment.SALT];
      new SecureRandom().nextBytes(salt);
      Segment.make(path(0), firstPages, salt).close();
    }
    for (int i = 0; Files.exists(path(i)); i++) {
      Segment next = add(Segment.open(path(i)));
      if (!MessageDigest.isEqual(next.salt(), segments.get(0).salt())) {
        throw new IOException(path(i) + " does not belong to " + path(0));
      }
    }
  }

  /** A second server with the same directory would not see what this one has just written. */
  private FileLock lock() throws IOException {
    FileChannel channel = FileChannel.open(directory.resolve("lock"), FOR_LOCK, OWN);
    FileLock taken = null;
    try {
      taken = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // another one of this process
    } finally {
      if (taken == null) {
        channel.close();
      }
    }
    if (taken == null) {
      throw new IOException("another server keeps its terms there");
    }
    return taken;
  }

  private void closeFiles() {
    try {
      for (Segment segment : segments) {
        segment.close();
      }
      if (lock != null) {
        lock.channel().close();
      }
    } catch (IOException e) {
      LOG.warn("The terms in {} cannot be closed: {}", directory, Reason.of(e));
    }
    segments.clear();
    lock = null;
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    closeFiles();
  }
}
