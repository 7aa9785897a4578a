package org.doveadmsshd.keys;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a login with a key or certificate may do.
 *
 * @param method how the user has logged in, for logs
 * @param command the only one allowed; nothing for any
 * @param users masks of the users that may be reached; empty for all of the scope
 * @param commands names and kinds of commands allowed; empty for all of the scope
 * @param standsAlone whether this is the whole scope, and the configuration need not name the user
 */
public record Grant(
    String method,
    Optional<String> command,
    List<String> users,
    Set<String> commands,
    boolean standsAlone) {
  public Grant {
    users = List.copyOf(users);
    commands = Set.copyOf(commands);
  }
}
