package org.doveadmsshd.auth;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserName;

/** Several userdbs, asked in order. */
public final class UserdbChain implements Userdb {
  private final List<Link> links;
  private final MemoryBudget.Share memory;

  /** One of them. */
  public record Link(Userdb userdb, LinkRules rules) {}

  /**
   * @param memory draws names while they are listed
   */
  public UserdbChain(List<Link> links, MemoryBudget.Share memory) {
    this.links = List.copyOf(links);
    this.memory = memory;
  }

  /** Fields of a later userdb are added to those of earlier ones. */
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
    if (found && !UserName.isPossible(spelled)) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "The userdb gives " + name + " a name that no user can have");
    }
    return found ? Optional.of(new MailUser(spelled, fields)) : Optional.empty();
  }

  @Override
  public boolean canList() {
    return links.stream().anyMatch(link -> link.userdb().canList());
  }

  /**
   * A user that several userdbs know is named once. All names are gathered before the first is
   * handed on, so the visitor keeps no userdb busy. If a userdb fails, the names that it gave
   * before are handed on.
   */
  @Override
  public void forEach(Visitor visitor) throws Failure, IOException {
    if (!canList()) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "No userdb can list its users: name them with -u or -F, or configure one that can");
    }
    try (GatheredNames names = new GatheredNames(memory)) {
      Failure failure = null;
      for (Link link : links) {
        try {
          if (link.userdb().canList()) {
            link.userdb().forEach(names::add);
          }
        } catch (Failure e) {
          failure = failure == null ? e : failure;
        }
      }
      names.forEach(visitor);
      if (failure != null) {
        throw failure;
      }
    }
  }
}
