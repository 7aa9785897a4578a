package org.doveadmsshd.accounts;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;

/**
 * The rights of a master user. A request is allowed if a rule allows it and no rule denies it; the
 * order of rules does not matter. The worker checks the scope for every request, also if the brain
 * has checked it before.
 *
 * <p>The checks do not look whether a rule is in force; {@link #at} gives a scope of those that
 * are.
 *
 * @param within what it must be within besides
 */
public record Scope(List<ScopeRule> rules, Optional<Scope> within) {
  /** Everything. */
  public static final Scope UNLIMITED = new Scope(List.of(UserMask.ALL), Set.of());

  public Scope {
    rules = List.copyOf(rules);
  }

  public Scope(List<ScopeRule> rules) {
    this(rules, Optional.empty());
  }

  /** One rule that allows these commands, or all if there are none, for those users. */
  public Scope(List<UserMask> users, Set<String> commands) {
    this(List.of(ScopeRule.allow(users, commands)));
  }

  /** What of this is also in those masks, and among those commands if there are any. */
  public Scope narrowed(List<UserMask> masks, Set<String> names) {
    return new Scope(List.of(ScopeRule.allow(masks, names)), Optional.of(this));
  }

  /**
   * The rules that hold for a master who comes from an address at some time.
   *
   * @param address numeric; empty when it is not known
   */
  public Scope at(String address, Instant now) {
    Optional<Scope> around = within.map(scope -> scope.at(address, now));
    boolean always = rules.stream().noneMatch(ScopeRule::isOnlySometimes);
    if (always && (within.isEmpty() || within.get() == around.get())) {
      return this;
    }
    return new Scope(rules.stream().filter(rule -> rule.isInForce(address, now)).toList(), around);
  }

  /** For people: a rule each, then those of what it must be within. */
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    rules.forEach(rule -> lines.add(rule.text()));
    within.ifPresent(scope -> scope.text().forEach(line -> lines.add("within: " + line)));
    return lines;
  }

  /** Whether anything at all may be done for a user, and so whether the user is listed. */
  public boolean hasUser(String user) {
    boolean allowed = false;
    for (ScopeRule rule : rules) {
      if (rule.hasUser(user)) {
        if (!rule.allows() && rule.hasEveryCommand() && rule.hasAllMail()) {
          return false;
        }
        allowed |= rule.allows();
      }
    }
    return allowed && (within.isEmpty() || within.get().hasUser(user));
  }

  /** Whether a command may be carried out for a user, at least in one of his mailboxes. */
  public boolean hasCommand(String user, String command) {
    boolean allowed = false;
    for (ScopeRule rule : rules) {
      if (rule.hasUser(user) && rule.hasCommand(command)) {
        if (!rule.allows() && rule.hasAllMail()) {
          return false;
        }
        allowed |= rule.allows();
      }
    }
    return allowed && (within.isEmpty() || within.get().hasCommand(user, command));
  }

  /**
   * Whether a command may be carried out in a mailbox. It may have several names: it is allowed by
   * the one that scopes go by, and denied by any of them.
   *
   * @param name says whether one of some masks matches its name: how they do is the mail store's
   *     business
   * @param anyName says whether one of them matches any of its names
   */
  public boolean hasMailbox(
      String user, String command, Predicate<List<String>> name, Predicate<List<String>> anyName) {
    boolean allowed = false;
    for (ScopeRule rule : rules) {
      boolean isAsked = rule.hasUser(user) && rule.hasCommand(command);
      if (isAsked && rule.hasMailbox(rule.allows() ? name : anyName)) {
        if (!rule.allows()) {
          return false;
        }
        allowed = true;
      }
    }
    return allowed && (within.isEmpty() || within.get().hasMailbox(user, command, name, anyName));
  }

  /**
   * As {@link #hasMailbox(String, String, Predicate, Predicate)}, for a mailbox with one name.
   *
   * @param matching says whether one of some masks matches it
   */
  public boolean hasMailbox(String user, String command, Predicate<List<String>> matching) {
    return hasMailbox(user, command, matching, matching);
  }

  /** Whether a command may be carried out for a user in whatever mailbox he may have. */
  public boolean hasAllMail(String user, String command) {
    boolean allowed = false;
    for (ScopeRule rule : rules) {
      if (rule.hasUser(user) && rule.hasCommand(command)) {
        if (!rule.allows()) {
          return false;
        }
        allowed |= rule.hasAllMail();
      }
    }
    return allowed && (within.isEmpty() || within.get().hasAllMail(user, command));
  }

  /** Whether a command may be carried out for every user there may be, without exception. */
  public boolean hasAllUsers(String command) {
    boolean allowed = false;
    for (ScopeRule rule : rules) {
      if (rule.hasCommand(command)) {
        if (!rule.allows()) {
          return false;
        }
        allowed |= rule.hasAllMail() && rule.users().contains(UserMask.ALL);
      }
    }
    return allowed && (within.isEmpty() || within.get().hasAllUsers(command));
  }

  /**
   * Refuses a command that is outside the scope for every user.
   *
   * @throws Failure with {@link Outcome#NO_PERMISSION}
   */
  public void checkCommand(String command) throws Failure {
    if (rules.stream().noneMatch(rule -> rule.allows() && rule.hasCommand(command))) {
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
  public void checkUser(String user, String command) throws Failure {
    if (!hasUser(user)) {
      throw new Failure(Outcome.NO_PERMISSION, "Your scope does not cover the user " + user);
    }
    if (!hasCommand(user, command)) {
      throw new Failure(
          Outcome.NO_PERMISSION, "Your scope does not allow " + command + " for the user " + user);
    }
  }
}
