package org.doveadmsshd.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The content of a file, read again when the file changes. Safe for several threads.
 *
 * @param <T> the type of what is made of the content; immutable
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
   * The content now.
   *
   * @throws IOException when it cannot be read; earlier content is not returned then
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
