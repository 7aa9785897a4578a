package org.doveadmsshd.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/**
 * The content of a file, read again when the file changes. Safe for several threads.
 *
 * <p>A file is the same as long as it is the same inode with the same change time, which no program
 * can set. The clock of a file system stands still for some milliseconds, and for a second or two
 * where it knows no fractions. So what was read of a file that had changed less than that before is
 * not kept: a further change in the same tick would not be seen.
 *
 * @param <T> the type of what is made of the content; immutable
 */
public final class WatchedFile<T> {
  private final Path file;
  private final Reader<T> reader;
  private volatile Content<T> content;

  /** Ten times the longest tick of Linux. */
  private static final long TICK_MILLIS = 100;

  private static final long TICK_OF_SECONDS_MILLIS = 2000;

  /** What tells one state of a file from another. */
  private static final String STATUS = "unix:ino,dev,size,lastModifiedTime,ctime";

  private record Content<T>(Map<String, Object> status, boolean isSettled, T value) {}

  /** Makes something of a file. */
  @FunctionalInterface
  public interface Reader<T> {
    T read(Path file) throws IOException;
  }

  public WatchedFile(Path file, Reader<T> reader) {
    this.file = file;
    this.reader = reader;
  }

  /**
   * The content now.
   *
   * @throws IOException when it cannot be read; earlier content is not returned then
   */
  public T get() throws IOException {
    long now = System.currentTimeMillis();
    Map<String, Object> status = Files.readAttributes(file, STATUS);
    Content<T> current = content;
    if (current == null || !current.isSettled || !current.status.equals(status)) {
      boolean isSettled = now - changed(status) > tick(status);
      current = new Content<>(status, isSettled, reader.read(file));
      content = current;
    }
    return current.value;
  }

  private static long changed(Map<String, Object> status) {
    return ((FileTime) status.get("ctime")).toMillis();
  }

  private static long tick(Map<String, Object> status) {
    boolean hasFraction = ((FileTime) status.get("ctime")).toInstant().getNano() != 0;
    return hasFraction ? TICK_MILLIS : TICK_OF_SECONDS_MILLIS;
  }
}
