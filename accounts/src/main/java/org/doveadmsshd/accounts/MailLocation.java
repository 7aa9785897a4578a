package org.doveadmsshd.accounts;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.base.Variables;

/**
 * Where a user's mail lies.
 *
 * @param trusted the directory that the administrator has named
 * @param below directories below it that belong to the user
 */
public record MailLocation(Path trusted, List<String> below) {
  private static final int SHOWN = 200;

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
    if (!template.isBelowHome()) {
      return new MailLocation(Path.of(expand(template.path(), user)), List.of());
    }
    List<String> below = new ArrayList<>();
    for (String name : expand(template.path().substring(1), user).split("/")) {
      if (name.equals("..")) {
        throw Failure.usage("A mail location must not lead out of the home");
      }
      if (!name.isEmpty() && !name.equals(".")) {
        below.add(name);
      }
    }
    return new MailLocation(Path.of(home(user)), below);
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
