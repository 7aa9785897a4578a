package org.doveadmsshd.console;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.Reason;

/**
 * The file in which one master's lines are kept, a line each, for its owner only. Several shells
 * may add to it at a time.
 */
public final class HistoryFile {
  /** A file that is longer is cut down to its last lines. */
  private static final int MOST_BYTES = 256 * 1024;

  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  private static final FileAttribute<?> OWN = PosixFilePermissions.asFileAttribute(OWNER);

  private static final FileAttribute<?> OWN_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** Longest name of a file. */
  private static final int LONGEST_NAME = 200;

  private final Path file;

  private HistoryFile(Path file) {
    this.file = file;
  }

  /** That of a master in a directory, which is made when it is needed; none for a long name. */
  public static Optional<HistoryFile> of(Path directory, String master) {
    StringBuilder name = new StringBuilder();
    for (byte b : master.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '@';
      boolean inside = !name.isEmpty() && (b == '.' || b == '-' || b == '_');
      name.append(plain || inside ? "" + (char) b : "%%%02x".formatted(b & 0xFF));
    }
    return name.length() > LONGEST_NAME
        ? Optional.empty()
        : Optional.of(new HistoryFile(directory.resolve(name.toString())));
  }

  /**
   * The last lines, of those that are fit for a terminal.
   *
   * @throws Failure when no lines can be kept there
   */
  List<String> lines(int most, int longest) throws Failure {
    try {
      prepare();
      List<String> lines =
          text()
              .lines()
              .filter(line -> !line.isBlank() && line.length() <= longest)
              .filter(line -> line.codePoints().noneMatch(Printable::isControl))
              .toList();
      List<String> last = lines.subList(Math.max(0, lines.size() - most), lines.size());
      if (Files.size(file) > MOST_BYTES) {
        replace(last);
      }
      return last;
    } catch (IOException e) {
      throw notKept(Reason.of(e), e);
    }
  }

  private Failure notKept(String why, IOException cause) {
    return new Failure(
        Outcome.CONFIGURATION_ERROR,
        "Lines are remembered only until the shell ends: " + file + ": " + why,
        cause);
  }

  private void prepare() throws IOException, Failure {
    if (!Files.isDirectory(file.getParent())) {
      Files.createDirectory(file.getParent(), OWN_DIRECTORY);
    }
    try (SeekableByteChannel made =
        open(Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
      return;
    } catch (java.nio.file.FileAlreadyExistsException e) {
      // as it should be
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw notKept("it is no regular file", null);
    }
    if (!Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS).equals(OWNER)) {
      Files.setPosixFilePermissions(file, OWNER);
    }
    open(Set.of(StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS)).close();
  }

  private SeekableByteChannel open(Set<? extends OpenOption> options) throws IOException {
    return Files.newByteChannel(file, options, OWN);
  }

  private String text() throws IOException {
    try (SeekableByteChannel in =
        open(Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(MOST_BYTES, in.size()));
      boolean cut = in.size() > MOST_BYTES;
      in.position(in.size() - bytes.capacity());
      while (bytes.hasRemaining() && in.read(bytes) >= 0) {
        // to the end
      }
      String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
      return cut ? text.substring(text.indexOf('\n') + 1) : text;
    }
  }

  private void replace(List<String> lines) throws IOException {
    Path other = Files.createTempFile(file.getParent(), ".", "", OWN);
    try {
      Files.write(other, lines);
      Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(other);
    }
  }

  /** Adds a line. */
  void append(String line) throws IOException {
    try (SeekableByteChannel out =
        open(Set.of(StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS))) {
      out.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchFileException e) {
      // somebody has removed it: so it is to be forgotten
    }
  }
}
