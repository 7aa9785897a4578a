package org.doveadmsshd.auth;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.protocol.Outcome;

/**
 * What a master user may do: for which users, with which commands. Checked by the worker for every
 * request, whatever the brain has checked before.
 *
 * @param users masks of users; none means nobody
 * @param commands names of commands; none means every command
 * @param within what it must be within besides
 */
public record Scope(List<UserMask> users, Set<String> commands, Optional<Scope> within) {
  /** Everything. */
  public static final Scope UNLIMITED = new Scope(List.of(UserMask.ALL), Set.of());

  public Scope {
    users = List.copyOf(users);
    commands = Set.copyOf(commands);
  }

  public Scope(List<UserMask> users, Set<String> commands) {
    this(users, commands, Optional.empty());
  }

  /** What of this is also in those masks, and among those commands if there are any. */
  public Scope narrowed(List<UserMask> masks, Set<String> names) {
    return new Scope(masks, names, Optional.of(this));
  }

  public boolean hasUser(String user) {
    for (UserMask mask : users) {
      if (mask.matches(user)) {
        return within.isEmpty() || within.get().hasUser(user);
      }
    }
    return false;
  }

  /** Whether it covers every user there may be. */
  public boolean hasAllUsers() {
    return users.contains(UserMask.ALL) && (within.isEmpty() || within.get().hasAllUsers());
  }

  /**
   * Refuses a command outside the scope.
   *
   * @throws Failure with {@link Outcome#NO_PERMISSION}
   */
  public void checkCommand(String command) throws Failure {
    if (!commands.isEmpty() && !commands.contains(command)) {
      throw new Failure(Outcome.NO_PERMISSION, "Your scope does not allow the command: " + command);
    }
    if (within.isPresent()) {
      within.get().checkCommand(command);
    }
  }

  /**
   * Refuses a user outside the scope, in the same words whether the user exists or not.
   *
   * @throws Failure with {@link Outcome#NO_PERMISSION}
   */
  public void checkUser(String user) throws Failure {
    if (!hasUser(user)) {
      throw new Failure(Outcome.NO_PERMISSION, "Your scope does not cover the user " + user);
    }
  }
}
