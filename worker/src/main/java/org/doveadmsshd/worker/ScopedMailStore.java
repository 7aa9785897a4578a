package org.doveadmsshd.worker;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.Oddity;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.QuotaUsage;

/**
 * A user's mail as far as a scope covers it: other mailboxes are not listed, and refused when they
 * are named, in the same words whether they exist or not.
 *
 * @param covers asked with all names by which a mailbox can be reached, the one that scopes go by
 *     first
 */
record ScopedMailStore(MailStore store, Predicate<List<ListedName>> covers) implements MailStore {
  private void check(String name) throws Failure {
    for (String mailbox : store.meant(name)) {
      if (!covers.test(store.aliases(mailbox))) {
        throw new Failure(Outcome.NO_PERMISSION, "Your scope does not cover the mailbox " + name);
      }
    }
  }

  private List<ListedName> covered(List<ListedName> entries) throws Failure {
    List<ListedName> covered = new ArrayList<>();
    for (ListedName entry : entries) {
      if (covers.test(store.aliases(entry.name()))) {
        covered.add(entry);
      }
    }
    return covered;
  }

  private List<String> coveredNames(List<String> names) throws Failure {
    return covered(names.stream().map(store::named).toList()).stream()
        .map(ListedName::name)
        .toList();
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
    return covered(store.list());
  }

  @Override
  public List<ListedName> list(List<String> masks) throws Failure {
    return covered(store.list(masks));
  }

  @Override
  public List<ListedName> own() throws Failure {
    return covered(store.own());
  }

  @Override
  public ListedName named(String name) {
    return store.named(name);
  }

  @Override
  public List<String> meant(String name) {
    return store.meant(name);
  }

  @Override
  public List<ListedName> aliases(String name) throws Failure {
    return store.aliases(name);
  }

  @Override
  public List<String> subscriptions() throws Failure {
    return coveredNames(store.subscriptions());
  }

  @Override
  public List<String> subscriptions(List<String> masks) throws Failure {
    return coveredNames(store.subscriptions(masks));
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
    for (String mailbox : store.meant(from)) {
      checkChildren(mailbox, to);
    }
    store.rename(from, to);
  }

  private void checkChildren(String from, String to) throws Failure {
    char separator = store.named(from).separator();
    for (ListedName entry : store.list(List.of(from + separator + "*"))) {
      if (entry.name().startsWith(from + separator)) {
        check(entry.name());
        String below = entry.name().substring(from.length());
        check(to + below.replace(separator, store.named(to).separator()));
      }
    }
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
  public void check(Oddity.Taker found) throws Failure, IOException {
    store.check(
        oddity -> {
          if (!oddity.mailbox().isEmpty() && covers.test(store.aliases(oddity.mailbox()))) {
            found.take(oddity);
          }
        });
  }

  @Override
  public void close() {
    store.close();
  }
}
