package org.doveadmsshd.auth;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserName;

/** Several userdbs, asked in order. */
public final class UserdbChain implements Userdb {
  private final List<Link> links;

  /** One of them. */
  public record Link(Userdb userdb, LinkRules rules) {}

  public UserdbChain(List<Link> links) {
    this.links = List.copyOf(links);
  }

  /** What a later one says of a user who is looked for further is added to what is known. */
  @Override
  public Optional<MailUser> find(String name) throws Failure {
    if (!UserName.isPossible(name)) {
      return Optional.empty();
    }
    Map<String, String> fields = new LinkedHashMap<>();
    String spelled = name;
    boolean found = false;
    Failure failure = null;
    for (Link link : links) {
      if (link.rules().skip().applies(found)) {
        continue;
      }
      Consequence then;
      try {
        Optional<MailUser> user = link.userdb().find(name);
        if (user.isPresent()) {
          spelled = fields.isEmpty() ? user.get().name() : spelled;
          fields.putAll(user.get().fields());
        }
        then = user.isPresent() ? link.rules().onSuccess() : link.rules().onFailure();
      } catch (Failure e) {
        failure = failure == null ? e : failure;
        then = link.rules().onInternalFailure();
      }
      found = then.applied(found);
      if (then.ends()) {
        break;
      }
    }
    if (!found && failure != null) {
      throw failure;
    }
    return found ? Optional.of(new MailUser(spelled, fields)) : Optional.empty();
  }

  @Override
  public boolean canList() {
    return links.stream().anyMatch(link -> link.userdb().canList());
  }

  /** Who stands in several is named once. */
  @Override
  public void forEach(Visitor visitor) throws Failure, IOException {
    if (!canList()) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "No userdb can list its users: name them with -u or -F, or configure one that can");
    }
    List<Userdb> before = new ArrayList<>();
    for (Link link : links) {
      if (link.userdb().canList()) {
        link.userdb()
            .forEach(
                name -> {
                  if (!isIn(before, name)) {
                    visitor.visit(name);
                  }
                });
        before.add(link.userdb());
      }
    }
  }

  private static boolean isIn(List<Userdb> userdbs, String name) throws Failure {
    for (Userdb userdb : userdbs) {
      if (userdb.find(name).isPresent()) {
        return true;
      }
    }
    return false;
  }
}
