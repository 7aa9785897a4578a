package org.doveadmsshd.accounts;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.doveadmsshd.base.Failure;

/**
 * What the mail of users consists of, as the configuration says it.
 *
 * @param location template of where mail is of users whose userdb entry does not say it
 * @param namespaces that a user's mailboxes are in; none for one tree without prefix
 */
public record UserMail(String location, Namespaces namespaces) {
  /** Users with one tree of mailboxes each. */
  public static UserMail at(String location) {
    return new UserMail(location, Namespaces.NONE);
  }

  /** Where the mail of a namespace is that is the user's or nobody's. */
  public MailLocation location(Namespace namespace, MailUser user) throws Failure {
    return namespace.location().isPresent()
        ? MailLocation.configured(user, namespace.location().get())
        : MailLocation.of(user, location);
  }

  /**
   * Where another user's mail is.
   *
   * @param namespace one with {@link Namespace#isForOwners}
   */
  public MailLocation locationOf(MailUser owner, Namespace namespace) throws Failure {
    return MailLocation.configured(owner, namespace.location().orElseThrow().replace("%%", "%"));
  }

  /**
   * The directories in which a user's mail is, as the administrator has named them; others' mail
   * that is shared with him is in others.
   */
  public Set<Path> trusted(MailUser user) throws Failure {
    Set<Path> trusted = new LinkedHashSet<>();
    locations(user).forEach(each -> trusted.addAll(each.trusted()));
    return trusted;
  }

  /** Where a user's mail is; others' mail that is shared with him is in others. */
  public List<MailLocation> locations(MailUser user) throws Failure {
    if (namespaces.isEmpty()) {
      return List.of(MailLocation.of(user, location));
    }
    List<MailLocation> locations = new ArrayList<>();
    for (Namespace each : namespaces.all()) {
      if (!each.isForOwners()) {
        locations.add(location(each, user));
      }
    }
    return locations;
  }
}
