package org.doveadmsshd.shell;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.TabLines;
import org.doveadmsshd.base.WatchedFile;
import org.doveadmsshd.brain.ServerState;

/**
 * Which servers are drained or down: a file in the state directory, read by all runs that share it,
 * and written aside, so that it is always whole. Safe for several threads.
 *
 * <p>A line for each server that is not up, values between tabs: name, state, who has said so, and
 * when in milliseconds since 1970. The first line says what the file is, and its version.
 */
final class ServerStates {
  private static final String FILE = "servers";
  private static final List<String> FIRST_LINE = List.of("doveadm-ssh servers", "1");
  private static final int MOST_BYTES = 1024 * 1024;

  /** How old what a run knows may be. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final Duration LOCK = Duration.ofSeconds(10);

  /** Others may share the directory; who may enter it, it says itself. */
  private static final Set<PosixFilePermission> SHARED =
      PosixFilePermissions.fromString("rw-rw----");

  private final Path directory;
  private final Path file;
  private final WatchedFile<Map<String, ServerState>> watched;
  private volatile Map<String, ServerState> known = Map.of();
  private volatile long looked = System.nanoTime() - LOOK_NANOS;

  /** The file is not what it should be. */
  private static final class DamageException extends IOException {
    DamageException(String text) {
      super(text);
    }
  }

  /**
   * @param directory need not be there yet
   */
  ServerStates(Path directory) {
    this.directory = directory;
    file = directory.resolve(FILE);
    watched = new WatchedFile<>(file, ServerStates::parse);
  }

  /** The state of a server now. When the file cannot be read any more, it is as it was before. */
  ServerState of(String server) {
    if (System.nanoTime() - looked >= LOOK_NANOS) {
      looked = System.nanoTime();
      try {
        known = all();
      } catch (Failure e) {
        // whoever begins something is told
      }
    }
    return known.getOrDefault(server, ServerState.UP);
  }

  /**
   * The servers that are not up.
   *
   * @throws Failure when that cannot be known: nothing must be begun then
   */
  Map<String, ServerState> all() throws Failure {
    try {
      return watched.get();
    } catch (NoSuchFileException e) {
      return Map.of();
    } catch (DamageException e) {
      throw new Failure(Outcome.CONFIGURATION_ERROR, file + " " + e.getMessage(), e);
    } catch (IOException e) {
      throw new Failure(Outcome.TEMPORARY_FAILURE, "Cannot read " + file + ": " + Reason.of(e), e);
    }
  }

  private static Map<String, ServerState> parse(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    }
    if (bytes.length > MOST_BYTES) {
      throw damaged("it is too long");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw damaged(Reason.of(e));
    }
    List<String> lines = text.lines().toList();
    checkFirst(lines.isEmpty() ? List.of() : TabLines.values(lines.get(0)));
    Map<String, ServerState> states = new TreeMap<>();
    for (int i = 1; i < lines.size(); i++) {
      List<String> values = TabLines.values(lines.get(i));
      states.put(values.get(0), state(values, i + 1));
    }
    return Map.copyOf(states);
  }

  private static void checkFirst(List<String> values) throws DamageException {
    boolean isOurs = values.size() == 2 && values.get(0).equals(FIRST_LINE.get(0));
    if (isOurs && !values.equals(FIRST_LINE)) {
      throw new DamageException(
          "was written by a newer doveadm-ssh (version " + values.get(1) + " of the file)");
    }
    if (!isOurs) {
      throw damaged("line 1 does not say what it is");
    }
  }

  private static ServerState state(List<String> values, int line) throws DamageException {
    Optional<ServerState.Use> use =
        values.size() == 4 ? ServerState.Use.of(values.get(1)) : Optional.empty();
    if (use.isEmpty() || !values.get(3).matches("[0-9]{1,15}")) {
      throw damaged("line " + line + " is no state of a server");
    }
    Instant since = Instant.ofEpochMilli(Long.parseLong(values.get(3)));
    return new ServerState(use.get(), values.get(2), since);
  }

  private static DamageException damaged(String why) {
    return new DamageException(
        "is damaged: " + why + "; remove it, and say again which servers are drained or down");
  }

  /** Makes a change of the states. */
  interface Change {
    /**
     * @param states to be changed
     * @throws Failure when nothing is to be written
     */
    void of(Map<String, ServerState> states) throws Failure;
  }

  /**
   * Changes the states; nobody else does meanwhile. Returns when they are on the disk.
   *
   * @throws Failure when nothing has been changed
   */
  synchronized void change(Change change) throws Failure {
    try {
      prepare();
      try (FileChannel lock = open(directory.resolve(FILE + ".lock"));
          FileLock held = lock(lock)) {
        Map<String, ServerState> states = new TreeMap<>(all());
        change.of(states);
        write(states);
      }
    } catch (IOException e) {
      throw new Failure(
          Outcome.CANNOT_CREATE, "Cannot write " + file + ": " + Reason.withFile(e), e);
    }
  }

  private void prepare() throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory.getParent());
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  private static FileChannel open(Path file) throws IOException {
    boolean isNew = !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    if (isNew) {
      Files.setPosixFilePermissions(file, SHARED);
    }
    return channel;
  }

  private FileLock lock(FileChannel channel) throws IOException, Failure {
    long end = System.nanoTime() + LOCK.toNanos();
    for (FileLock lock; System.nanoTime() < end; ) {
      lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    throw Failure.temporary(
        "Another doveadm-ssh has been changing " + file + " for long; nothing was changed", null);
  }

  private void write(Map<String, ServerState> states) throws IOException {
    StringBuilder text = new StringBuilder(TabLines.line(FIRST_LINE.toArray(String[]::new)));
    text.append('\n');
    states.forEach((name, state) -> text.append(line(name, state)).append('\n'));
    Path aside = directory.resolve(FILE + ".new");
    Files.deleteIfExists(aside);
    try (FileChannel out = open(aside)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }

  private static String line(String name, ServerState state) {
    return TabLines.line(
        name, state.use().word(), state.by(), Long.toString(state.since().toEpochMilli()));
  }
}
