package org.doveadmsshd.setup.written;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A file that is to be there.
 *
 * @param path absolute
 * @param content may be secret; never shown
 * @param owner user and group of the system; nothing for those of this process
 */
public record NewFile(
    Path path, byte[] content, Set<PosixFilePermission> mode, Optional<Owner> owner) {
  /** Numbers of a user and a group. */
  public record Owner(long uid, long gid) {}

  /**
   * @param mode such as {@code rw-r-----}
   */
  public static NewFile of(Path path, String text, String mode, Optional<Owner> owner) {
    return new NewFile(
        path, text.getBytes(StandardCharsets.UTF_8), PosixFilePermissions.fromString(mode), owner);
  }

  @Override
  public String toString() {
    return path.toString(); // never the content
  }
}
