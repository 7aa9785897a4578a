package org.doveadmsshd.brain.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a program keeps the journals of its runs, each under the id of the run. It is made when it
 * is first needed. Safe for several threads.
 */
public final class JournalDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(JournalDirectory.class);
  private static final String SUFFIX = ".journal";
  private static final Pattern ID = Pattern.compile("[0-9]{8}-[0-9]{6}-[0-9a-f]{4}");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
  private static final int TRIES = 10;

  private final Path path;
  private volatile JournalRules rules;
  private final Clock clock;
  private final JournalDisk disk;
  private final String host;
  private final SecureRandom random = new SecureRandom();

  /** Journals that this process writes, and what stops their runs. */
  private final Map<Path, Runnable> written = new ConcurrentHashMap<>();

  /** A journal that is there. */
  record Entry(Path path, String id, Instant changed, long size) {}

  /**
   * @param path need not be there
   */
  public JournalDirectory(Path path, JournalRules rules, Clock clock) {
    this(path, rules, clock, JournalDisk.OWN);
  }

  /** As above, on a disk that is perhaps not the machine's own. */
  public JournalDirectory(Path path, JournalRules rules, Clock clock, JournalDisk disk) {
    this.path = path;
    this.rules = rules;
    this.clock = clock;
    this.disk = disk;
    this.host = hostName();
  }

  private static String hostName() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname"), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }

  /** From now on this becomes of journals, also of those of runs that go on. */
  public void setRules(JournalRules next) {
    rules = next;
  }

  /** Whether a run stops when it cannot be written down any more. */
  public boolean stopsWhenFull() {
    return rules.stopsWhenFull();
  }

  JournalDisk disk() {
    return disk;
  }

  String host() {
    return host;
  }

  /**
   * Begins a journal, after old ones have been removed.
   *
   * @param header without id, host and process
   * @param named the file, where it is not to be in the directory
   * @param stop stops the run
   * @param trouble told once when nothing more can be written
   * @throws Failure with exit code 73 when it cannot be made
   */
  public JournalWriter begin(
      JournalHeader header, Optional<Path> named, Runnable stop, Consumer<IOException> trouble)
      throws Failure {
    if (named.isEmpty()) {
      makeDirectory();
      removeOld();
    }
    String id = newId();
    Path where = named.isPresent() ? named.get() : file(id);
    JournalFile file = JournalFile.create(where, disk);
    boolean done = false;
    try {
      JournalHeader whole = header.of(id, host, ProcessHandle.current().pid());
      file.write(text -> text.header(whole)); // kept with the first users
      JournalWriter writer = new JournalWriter(opened(file, stop), clock, trouble);
      done = true;
      return writer;
    } catch (IOException e) {
      throw new Failure(
          Outcome.CANNOT_CREATE,
          "The journal %s cannot be written: %s".formatted(where, Reason.of(e)),
          e);
    } finally {
      if (!done) {
        file.close();
        file.remove();
      }
    }
  }

  /**
   * Goes on with a journal.
   *
   * @param program name and version of what does so
   * @throws Failure when nothing can be written to it
   */
  public JournalWriter goOn(
      EarlierRun earlier,
      String program,
      String master,
      Runnable stop,
      Consumer<IOException> trouble)
      throws Failure {
    long process = ProcessHandle.current().pid();
    JournalLine.Resumed line =
        new JournalLine.Resumed(earlier.nextRun(), clock.instant(), program, master, host, process);
    try {
      earlier.file().writeNow(text -> text.resumed(line));
      return new JournalWriter(opened(earlier.file(), stop), earlier, clock, trouble);
    } catch (IOException e) {
      throw new Failure(
          Outcome.CANNOT_CREATE,
          "The journal %s cannot be written: %s".formatted(earlier.file().path(), Reason.of(e)),
          e);
    }
  }

  private JournalFile opened(JournalFile file, Runnable stop) {
    Path key = file.path().toAbsolutePath().normalize();
    written.put(key, stop);
    file.whenClosed(() -> written.remove(key));
    return file;
  }

  private void makeDirectory() throws Failure {
    try {
      if (!Files.isDirectory(path)) {
        Files.createDirectories(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
    } catch (IOException e) {
      throw new Failure(
          Outcome.CANNOT_CREATE,
          "The directory of journals %s cannot be made: %s".formatted(path, Reason.of(e)),
          e);
    }
  }

  private String newId() throws Failure {
    for (int i = 0; i < TRIES; i++) {
      String id = TIME.format(clock.instant()) + "-%04x".formatted(random.nextInt(1 << 16));
      if (!Files.exists(file(id), LinkOption.NOFOLLOW_LINKS)) {
        return id;
      }
    }
    throw Failure.temporary("Too many runs begin at once; try again", null);
  }

  private Path file(String id) {
    return path.resolve(id + SUFFIX);
  }

  /** Whether a text may be the id of a run; only such a one becomes the name of a file. */
  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** The journal of a run; there may be none. */
  Path of(String id) {
    if (!isId(id)) {
      throw new IllegalArgumentException(id);
    }
    return file(id);
  }

  /** All there are, the newest first. */
  List<Entry> entries() throws Failure {
    List<Entry> entries = new ArrayList<>();
    if (!Files.isDirectory(path)) {
      return entries;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path, "*" + SUFFIX)) {
      for (Path each : files) {
        entry(each).ifPresent(entries::add);
      }
    } catch (IOException e) {
      throw Failure.temporary(
          "The directory of journals %s cannot be read: %s".formatted(path, Reason.of(e)), e);
    }
    entries.sort(Comparator.comparing(Entry::id).reversed());
    return entries;
  }

  private static Optional<Entry> entry(Path file) {
    String name = file.getFileName().toString();
    String id = name.substring(0, name.length() - SUFFIX.length());
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile() && isId(id)
          ? Optional.of(
              new Entry(file, id, attributes.lastModifiedTime().toInstant(), attributes.size()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // it has gone meanwhile
    }
  }

  /** Removes what is too old, or too much, but nothing that is being written. */
  private void removeOld() throws Failure {
    JournalRules rules = this.rules;
    Instant oldest = clock.instant().minus(rules.keep());
    long size = 0;
    for (Entry each : entries()) {
      size += each.size();
      boolean old = !rules.keep().isZero() && each.changed().isBefore(oldest);
      boolean much = rules.size() > 0 && size > rules.size();
      if ((old || much) && !isWritten(each.path())) {
        size -= each.size();
        remove(each.path());
      }
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("An old journal cannot be removed: {}", Reason.full(e));
    }
  }

  /**
   * Whether a run goes on that writes it. A file of this process is not opened for that: closing it
   * would give up the lock.
   */
  boolean isWritten(Path file) {
    return written.containsKey(file.toAbsolutePath().normalize()) || JournalFile.isLocked(file);
  }

  /** Stops the run of this process that writes a journal; false when none does. */
  boolean stop(Path file) {
    Runnable stop = written.get(file.toAbsolutePath().normalize());
    if (stop != null) {
      stop.run();
    }
    return stop != null;
  }
}
