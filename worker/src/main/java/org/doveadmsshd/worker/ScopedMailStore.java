package org.doveadmsshd.worker;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.QuotaUsage;

/**
 * A user's mail as far as a scope covers it: other mailboxes are not listed, and refused when they
 * are named, in the same words whether they exist or not.
 *
 * @param covers asked with the name of a mailbox as the store spells it
 */
record ScopedMailStore(MailStore store, Predicate<String> covers) implements MailStore {
  private void check(String name) throws Failure {
    if (!covers.test(name.equalsIgnoreCase(INBOX) ? INBOX : name)) {
      throw new Failure(Outcome.NO_PERMISSION, "Your scope does not cover the mailbox " + name);
    }
  }

  private static Failure concernsAll(String what) {
    return new Failure(
        Outcome.NO_PERMISSION, what + " concerns all mail; your scope covers some mailboxes only");
  }

  @Override
  public boolean isThere() {
    return store.isThere();
  }

  @Override
  public List<ListedName> list() throws Failure {
    return store.list().stream().filter(entry -> covers.test(entry.name())).toList();
  }

  @Override
  public List<String> subscriptions() throws Failure {
    return store.subscriptions().stream().filter(covers).toList();
  }

  @Override
  public Optional<Mailbox> find(String name) throws Failure {
    check(name);
    return store.find(name);
  }

  @Override
  public void create(String name, Optional<String> guid) throws Failure {
    check(name);
    store.create(name, guid);
  }

  @Override
  public void delete(String name, boolean onlyEmpty, boolean force) throws Failure {
    check(name);
    store.delete(name, onlyEmpty, force);
  }

  /** The children go with their parent: they must be covered, too, and so must their new names. */
  @Override
  public void rename(String from, String to) throws Failure {
    check(from);
    check(to);
    for (ListedName entry : store.list()) {
      if (entry.name().startsWith(from + SEPARATOR)) {
        check(entry.name());
        check(to + entry.name().substring(from.length()));
      }
    }
    store.rename(from, to);
  }

  @Override
  public List<String> subscribe(List<String> names, boolean subscribed) throws Failure {
    for (String name : names) {
      check(name);
    }
    return store.subscribe(names, subscribed);
  }

  @Override
  public String path(String name, PathType type) throws Failure {
    check(name);
    return store.path(name, type);
  }

  @Override
  public QuotaRules quotaRules() {
    return store.quotaRules();
  }

  @Override
  public QuotaUsage quota(QuotaRules rules) throws Failure {
    throw concernsAll("The quota");
  }

  @Override
  public void recalculateQuota() throws Failure {
    throw concernsAll("The quota");
  }

  @Override
  public void close() {
    store.close();
  }
}
