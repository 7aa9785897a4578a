package org.doveadmsshd.storage.search;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.MailStore;

/** Which mailboxes a query has to look into. */
public final class MailboxSelection {
  private final Query query;
  private final String single;

  private MailboxSelection(Query query, String single) {
    this.query = query;
    this.single = single;
  }

  public static MailboxSelection of(Query query) {
    return new MailboxSelection(query, singleMailbox(query).orElse(null));
  }

  /** The one mailbox that the query names without wildcards; it is opened without a listing. */
  public Optional<String> single() {
    return Optional.ofNullable(single);
  }

  /** The names of the mailboxes in which something may match, as the store lists them. */
  public Collection<String> names(MailStore store) throws Failure {
    if (single != null) {
      return store.meant(single);
    }
    Set<String> names = new LinkedHashSet<>();
    boolean byGuid = Plan.needsGuid(query);
    for (MailStore.ListedName entry : candidates(store, byGuid)) {
      if (entry.selectable() && (byGuid || !Plan.of(query, entry).isEmpty())) {
        names.add(entry.name());
      }
    }
    return names;
  }

  /** Mailboxes of others are looked into only where the query names them. */
  private List<MailStore.ListedName> candidates(MailStore store, boolean byGuid) throws Failure {
    if (byGuid) {
      return store.list();
    }
    List<String> masks = new ArrayList<>();
    collectMasks(query, masks);
    if (masks.isEmpty()) {
      return store.own();
    }
    List<MailStore.ListedName> candidates = new ArrayList<>(store.list(masks));
    if (!everyBranch(query, true)) {
      candidates.addAll(store.own());
    }
    return candidates;
  }

  private static void collectMasks(Query from, List<String> masks) {
    if (from instanceof Query.InMailbox) {
      masks.add(((Query.InMailbox) from).pattern().text());
    }
    from.parts().forEach(part -> collectMasks(part, masks));
  }

  private static Optional<String> singleMailbox(Query query) {
    return query.accept(new SingleMailbox());
  }

  /**
   * Whether every branch of a query names a mailbox and something else: what expunge and move
   * demand, so that nothing is lost by a forgotten word.
   */
  public static boolean isSafeToExpunge(Query query) {
    return everyBranch(query, true) && everyBranch(query, false);
  }

  private static boolean everyBranch(Query query, boolean mailboxKey) {
    return query.accept(new EveryBranch(mailboxKey));
  }

  /** The mailbox that a query names, if nothing outside of it can match. */
  private static final class SingleMailbox
      implements Query.Visitor<Optional<String>, RuntimeException> {
    @Override
    public Optional<String> all() {
      return Optional.empty();
    }

    @Override
    public Optional<String> and(Query.And and) {
      return and.parts().stream()
          .map(part -> part.accept(this))
          .flatMap(Optional::stream)
          .findFirst();
    }

    @Override
    public Optional<String> or(Query.Or or) {
      return Optional.empty();
    }

    @Override
    public Optional<String> not(Query.Not not) {
      return Optional.empty();
    }

    @Override
    public Optional<String> inMailbox(Query.InMailbox mailbox) {
      MailboxPattern pattern = mailbox.pattern();
      return pattern.hasWildcard() ? Optional.empty() : Optional.of(pattern.text());
    }

    @Override
    public Optional<String> inMailboxGuid(Query.InMailboxGuid mailbox) {
      return Optional.empty(); // which one that is, only the mailboxes themselves know
    }

    @Override
    public Optional<String> text(Query.Text text) {
      return Optional.empty();
    }

    @Override
    public Optional<String> inThread(Query.InThread thread) {
      return Optional.empty();
    }

    @Override
    public Optional<String> test(Query.Test test) {
      return Optional.empty();
    }
  }

  /** Whether every branch has a key that names a mailbox, or one that does not. */
  private static final class EveryBranch implements Query.Visitor<Boolean, RuntimeException> {
    private final boolean mailboxKey;

    EveryBranch(boolean mailboxKey) {
      this.mailboxKey = mailboxKey;
    }

    @Override
    public Boolean all() {
      return !mailboxKey;
    }

    @Override
    public Boolean and(Query.And and) {
      return and.parts().stream().anyMatch(part -> part.accept(this));
    }

    @Override
    public Boolean or(Query.Or or) {
      return or.parts().stream().allMatch(part -> part.accept(this));
    }

    @Override
    public Boolean not(Query.Not not) {
      return !mailboxKey && not.part().accept(this);
    }

    @Override
    public Boolean inMailbox(Query.InMailbox mailbox) {
      return mailboxKey;
    }

    @Override
    public Boolean inMailboxGuid(Query.InMailboxGuid mailbox) {
      return mailboxKey;
    }

    @Override
    public Boolean text(Query.Text text) {
      return !mailboxKey;
    }

    @Override
    public Boolean inThread(Query.InThread thread) {
      return !mailboxKey;
    }

    @Override
    public Boolean test(Query.Test test) {
      return !mailboxKey;
    }
  }
}
