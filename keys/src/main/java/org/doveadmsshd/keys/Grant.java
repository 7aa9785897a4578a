package org.doveadmsshd.keys;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a key or certificate lets somebody in for.
 *
 * @param method how he has shown who he is, for logs
 * @param command the only one that he may carry out; nothing for any
 * @param users masks of the users that he may reach; empty for all of his scope
 * @param commands names and kinds of commands that he may carry out; empty for all of his scope
 * @param standsAlone whether this is his whole scope, and he needs none in the configuration
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
