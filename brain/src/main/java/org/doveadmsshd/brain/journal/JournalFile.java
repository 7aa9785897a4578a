package org.doveadmsshd.brain.journal;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal that is open to be written, and locked as long as it is: whoever finds the lock taken
 * knows that the run goes on.
 */
final class JournalFile implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(JournalFile.class);

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path path;
  private final FileChannel channel;
  private final JournalDisk disk;
  private volatile Runnable whenClosed = () -> {};

  private JournalFile(Path path, FileChannel channel, JournalDisk disk) {
    this.path = path;
    this.channel = channel;
    this.disk = disk;
  }

  /**
   * Makes a new file.
   *
   * @throws Failure with exit code 73 when it cannot be made, or is there already
   */
  static JournalFile create(Path path, JournalDisk disk) throws Failure {
    try {
      FileChannel channel =
          FileChannel.open(
              path,
              Set.of(
                  StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ),
              OWNER_ONLY);
      JournalFile file = new JournalFile(path, channel, disk);
      file.lock();
      return file;
    } catch (FileAlreadyExistsException e) {
      throw new Failure(
          Outcome.CANNOT_CREATE,
          "The journal " + path + " is there already (--resume goes on with it)",
          e);
    } catch (IOException e) {
      throw new Failure(
          Outcome.CANNOT_CREATE,
          "The journal %s cannot be made: %s".formatted(path, Reason.of(e)),
          e);
    }
  }

  /**
   * Opens one to go on with it.
   *
   * @throws Failure with exit code 64 when that cannot be, 75 when another run writes it
   */
  static JournalFile open(Path path, JournalDisk disk) throws Failure {
    JournalReader.checkFile(path);
    try {
      FileChannel channel =
          FileChannel.open(
              path,
              Set.of(StandardOpenOption.WRITE, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
      JournalFile file = new JournalFile(path, channel, disk);
      file.lock();
      return file;
    } catch (IOException e) {
      throw new Failure(
          Outcome.USAGE, "The journal %s cannot be opened: %s".formatted(path, Reason.of(e)), e);
    }
  }

  private void lock() throws Failure, IOException {
    boolean locked = false;
    try {
      FileLock lock = channel.tryLock();
      locked = lock != null;
    } catch (OverlappingFileLockException e) {
      LOG.debug("{} is locked by this process", path);
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw Failure.temporary("The journal " + path + " is being written by another run", null);
    }
  }

  /** Whether a run of another process writes it. */
  static boolean isLocked(Path path) {
    try (FileChannel channel =
        FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true);
      return lock == null;
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (IOException e) {
      return false; // it is gone, or no file
    }
  }

  /** Says what is done when the file is closed. */
  void whenClosed(Runnable action) {
    whenClosed = action;
  }

  Path path() {
    return path;
  }

  /** What is in it, from its beginning. Closing that does not close the file, nor its lock. */
  InputStream read() throws IOException {
    channel.position(0);
    return new FilterInputStream(Channels.newInputStream(channel)) {
      @Override
      public void close() {
        // the lock would go with it
      }
    };
  }

  /** Forgets what is behind a position, and writes from there on. */
  void continueAt(long position) throws IOException {
    channel.truncate(position);
    channel.position(position);
  }

  /** Writes one line, and has the disk keep it. */
  void writeNow(Line line) throws IOException {
    write(line);
    keep();
  }

  /** Writes one line. */
  void write(Line line) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    JournalText text = new JournalText(bytes);
    line.writeTo(text);
    text.flush();
    write(ByteBuffer.wrap(bytes.toByteArray()));
  }

  /** A line of any kind. */
  interface Line {
    void writeTo(JournalText text) throws IOException;
  }

  /** Writes all of it; of what the disk has no room for, no half line stays. */
  void write(ByteBuffer lines) throws IOException {
    long before = channel.position();
    try {
      while (lines.hasRemaining()) {
        disk.write(channel, lines);
      }
    } catch (IOException e) {
      channel.truncate(before);
      throw e;
    }
  }

  /** Returns when the disk has what was written. */
  void keep() throws IOException {
    disk.keep(channel);
  }

  void remove() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("The journal {} cannot be removed: {}", path, Reason.of(e));
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("A journal could not be closed", e);
    } finally {
      whenClosed.run();
    }
  }
}
