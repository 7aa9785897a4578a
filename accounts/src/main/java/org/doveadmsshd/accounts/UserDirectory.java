package org.doveadmsshd.accounts;

import java.nio.file.Path;
import java.util.List;

/**
 * A directory of a user.
 *
 * @param trusted the directory that the administrator has named; links on the way to it are
 *     followed
 * @param below further directories below it, which are the user's: no link is followed there
 */
public record UserDirectory(Path trusted, List<String> below) {
  public UserDirectory {
    below = List.copyOf(below);
  }

  /** Its path, for messages. */
  public Path path() {
    Path path = trusted;
    for (String name : below) {
      path = path.resolve(name);
    }
    return path;
  }
}
