package org.doveadmsshd.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * What is in a file, read again when the file changes. Safe for several threads.
 *
 * @param <T> what is made of it; immutable
 */
public final class WatchedFile<T> {
  private final Path file;
  private final Reader<T> reader;
  private volatile Content<T> content;

  private record Content<T>(long modified, long size, Object key, T value) {}

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
   * What is there now.
   *
   * @throws IOException when it cannot be read; what was there before does not count any more
   */
  public T get() throws IOException {
    BasicFileAttributes status = Files.readAttributes(file, BasicFileAttributes.class);
    long modified = status.lastModifiedTime().toMillis();
    Content<T> current = content;
    boolean same =
        current != null
            && current.modified == modified
            && current.size == status.size()
            && current.key.equals(status.fileKey());
    if (!same) {
      current = new Content<>(modified, status.size(), status.fileKey(), reader.read(file));
      content = current;
    }
    return current.value;
  }
}
