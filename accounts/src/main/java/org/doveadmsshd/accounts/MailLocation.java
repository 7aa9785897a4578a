package org.doveadmsshd.accounts;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.base.Variables;

/**
 * Where a user's mail lies.
 *
 * @param root of the mail
 * @param control of UID lists, keywords and subscriptions; empty where they lie with the mail
 * @param index of Dovecot's indexes; empty where they lie with the mail, or nowhere
 * @param inbox of the mailbox INBOX; empty for its usual place
 */
public record MailLocation(
    UserDirectory root,
    Optional<UserDirectory> control,
    Optional<UserDirectory> index,
    Optional<UserDirectory> inbox,
    MailboxLayout layout) {
  private static final int SHOWN = 200;

  /** A Maildir++ tree, with all that belongs to it. */
  public static MailLocation maildir(Path trusted, List<String> below) {
    UserDirectory root = new UserDirectory(trusted, below);
    return new MailLocation(
        root, Optional.empty(), Optional.empty(), Optional.empty(), MailboxLayout.USUAL);
  }

  /**
   * Fills in a template such as {@code maildir:~/Maildir} or {@code maildir:/srv/mail/%d/%n}.
   *
   * @param template may use {@code ~} for the home, and {@link Variables} with {@code %h}
   */
  public static MailLocation of(MailUser user, String template) throws Failure {
    try {
      return at(user, MailTemplate.parse(user.mail().orElse(template)));
    } catch (IllegalArgumentException e) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "The mail location of " + user.name() + " is not supported; " + e.getMessage(),
          e);
    }
  }

  /**
   * As {@link #of}, but where the configuration says, whatever the userdb says of the user's mail.
   */
  static MailLocation configured(MailUser user, String template) throws Failure {
    return of(user.withoutMail(), template);
  }

  /** As {@link #of}, but where a master says, whatever the userdb says of the user's mail. */
  public static MailLocation at(MailUser user, String chosen) throws Failure {
    try {
      return at(user, MailTemplate.parse(chosen));
    } catch (IllegalArgumentException e) {
      throw new Failure(
          Outcome.USAGE, Printable.line(chosen, SHOWN) + " cannot be read; " + e.getMessage(), e);
    }
  }

  private static MailLocation at(MailUser user, MailTemplate template) throws Failure {
    checkName(user.name());
    return new MailLocation(
        directory(user, template.path()),
        directory(user, template.control()),
        directory(user, template.index()),
        directory(user, template.inbox()),
        template.layout());
  }

  private static Optional<UserDirectory> directory(MailUser user, Optional<String> path)
      throws Failure {
    return path.isPresent() ? Optional.of(directory(user, path.get())) : Optional.empty();
  }

  private static UserDirectory directory(MailUser user, String path) throws Failure {
    if (!MailTemplate.isBelowHome(path)) {
      return new UserDirectory(Path.of(expand(path, user)), List.of());
    }
    List<String> below = new ArrayList<>();
    for (String name : expand(path.substring(1), user).split("/")) {
      if (name.equals("..")) {
        throw Failure.usage("A mail location must not lead out of the home");
      }
      if (!name.isEmpty() && !name.equals(".")) {
        below.add(name);
      }
    }
    return new UserDirectory(Path.of(home(user)), below);
  }

  /** The directories in which any of it lies, as the administrator has named them. */
  public Set<Path> trusted() {
    Set<Path> trusted = new LinkedHashSet<>(Set.of(root.trusted()));
    Stream.of(control, index, inbox)
        .flatMap(Optional::stream)
        .map(UserDirectory::trusted)
        .forEach(trusted::add);
    return trusted;
  }

  /** A name becomes part of paths: nothing in it may lead elsewhere. */
  private static void checkName(String name) throws Failure {
    if (!UserName.isFitForPaths(name)) {
      throw new Failure(Outcome.DATA_ERROR, "The user name is not one that mail can have");
    }
  }

  private static String home(MailUser user) throws Failure {
    String home = user.home().orElse("");
    if (!home.startsWith("/")) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR, "The userdb names no home directory for " + user.name());
    }
    return home;
  }

  /** A user may have no home, where none is needed. */
  private static String expand(String path, MailUser user) throws Failure {
    Variables variables = Variables.of(user.name(), "");
    try {
      return (user.home().isPresent() ? variables.withHome(home(user)) : variables).expand(path);
    } catch (IllegalArgumentException e) { // the template has been checked: it is the home
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "The userdb names no home directory for "
              + user.name()
              + ", which his mail location needs",
          e);
    }
  }
}
