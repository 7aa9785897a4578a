package org.doveadmsshd.accounts;

import static java.util.stream.Collectors.joining;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.doveadmsshd.base.AddressPatterns;
import org.doveadmsshd.base.UserMask;

/**
 * One rule of a {@link Scope}. What it does not mention it holds for whatever that is.
 *
 * @param allows whether it allows; it denies if not
 * @param users masks of users, one of which must match
 * @param commands names of commands; empty for every command
 * @param mailboxes masks of mailboxes, as an IMAP client sees their names; empty for all mail of a
 *     user
 * @param from where the master must be; empty for anywhere
 * @param until when it ends; empty for never
 * @param text for people
 */
public record ScopeRule(
    boolean allows,
    List<UserMask> users,
    Set<String> commands,
    List<String> mailboxes,
    Optional<AddressPatterns> from,
    Optional<Instant> until,
    String text) {
  public ScopeRule {
    users = List.copyOf(users);
    commands = Set.copyOf(commands);
    mailboxes = List.copyOf(mailboxes);
  }

  /** Allows these commands, or all if there are none, for users whom one of the masks matches. */
  public static ScopeRule allow(List<UserMask> users, Set<String> commands) {
    String text = "allow users=" + users.stream().map(UserMask::text).collect(joining(","));
    return new ScopeRule(
        true,
        users,
        commands,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        commands.isEmpty()
            ? text
            : text + " commands=" + String.join(",", new TreeSet<>(commands)));
  }

  /**
   * Whether the rule is in force. If the address is unknown, a rule that denies is in force and a
   * rule that allows is not.
   */
  boolean isInForce(String address, Instant now) {
    boolean here = from.isEmpty() || (address.isEmpty() ? !allows : from.get().matches(address));
    return here && until.map(now::isBefore).orElse(true);
  }

  boolean isOnlySometimes() {
    return from.isPresent() || until.isPresent();
  }

  boolean hasUser(String user) {
    for (UserMask mask : users) {
      if (mask.matches(user)) {
        return true;
      }
    }
    return false;
  }

  boolean hasCommand(String command) {
    return commands.isEmpty() || commands.contains(command);
  }

  boolean hasEveryCommand() {
    return commands.isEmpty();
  }

  /**
   * @param matching says whether one of some masks matches a mailbox
   */
  boolean hasMailbox(Predicate<List<String>> matching) {
    return mailboxes.isEmpty() || matching.test(mailboxes);
  }

  boolean hasAllMail() {
    return mailboxes.isEmpty();
  }
}
