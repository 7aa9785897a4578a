package org.doveadmsshd.worker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.auth.MailUser;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserName;

/**
 * Where a user's mail lies.
 *
 * @param trusted the directory that the administrator has named
 * @param below directories below it that belong to the user
 */
public record MailLocation(Path trusted, List<String> below) {
  private static final String MAILDIR = "maildir:";

  /**
   * Fills in a template such as {@code maildir:~/Maildir} or {@code maildir:/srv/mail/%d/%n}.
   *
   * @param template may use {@code ~} for the home, {@code %u %n %d} for user, local part and
   *     domain, {@code %h} for the home
   */
  public static MailLocation of(MailUser user, String template) throws Failure {
    return at(user, user.mail().orElse(template));
  }

  /** As {@link #of}, whatever the userdb says of the user's mail. */
  static MailLocation at(MailUser user, String chosen) throws Failure {
    checkName(user.name());
    int options = chosen.indexOf(':', MAILDIR.length());
    if (!chosen.startsWith(MAILDIR) || options >= 0) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "The mail location of " + user.name() + " is not supported; it must be maildir:<path>");
    }
    String path = chosen.substring(MAILDIR.length());
    boolean inHome = path.equals("~") || path.startsWith("~/");
    if (!inHome) {
      return new MailLocation(Path.of(expand(path, user)), List.of());
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

  private static String expand(String path, MailUser user) throws Failure {
    StringBuilder expanded = new StringBuilder();
    int at = user.name().lastIndexOf('@');
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c != '%' || i + 1 == path.length()) {
        expanded.append(c);
        continue;
      }
      switch (path.charAt(++i)) {
        case 'u' -> expanded.append(user.name());
        case 'n' -> expanded.append(at < 0 ? user.name() : user.name().substring(0, at));
        case 'd' -> expanded.append(at < 0 ? "" : user.name().substring(at + 1));
        case 'h' -> expanded.append(home(user));
        case '%' -> expanded.append('%');
        default ->
            throw new Failure(
                Outcome.CONFIGURATION_ERROR,
                "The mail location has an unknown variable: %" + path.charAt(i));
      }
    }
    return expanded.toString();
  }
}
