package org.doveadmsshd.storage.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
  public List<String> names(MailStore store) throws Failure {
    if (single != null) {
      return List.of(single);
    }
    List<String> names = new ArrayList<>();
    boolean byGuid = Plan.needsGuid(query);
    for (MailStore.ListedName entry : store.list()) {
      if (entry.selectable() && (byGuid || !Plan.of(query, entry.name()).isEmpty())) {
        names.add(entry.name());
      }
    }
    return names;
  }

  private static Optional<String> singleMailbox(Query query) {
    if (query instanceof Query.InMailbox) {
      MailboxPattern pattern = ((Query.InMailbox) query).pattern();
      return pattern.hasWildcard() ? Optional.empty() : Optional.of(pattern.text());
    }
    if (query instanceof Query.And) {
      return ((Query.And) query)
          .parts().stream()
              .map(MailboxSelection::singleMailbox)
              .flatMap(Optional::stream)
              .findFirst();
    }
    return Optional.empty();
  }

  /**
   * Whether every branch of a query names a mailbox and something else: what expunge and move
   * demand, so that nothing is lost by a forgotten word.
   */
  public static boolean isSafeToExpunge(Query query) {
    return everyBranch(query, true) && everyBranch(query, false);
  }

  private static boolean everyBranch(Query query, boolean mailboxKey) {
    if (query instanceof Query.And) {
      return ((Query.And) query).parts().stream().anyMatch(part -> everyBranch(part, mailboxKey));
    }
    if (query instanceof Query.Or) {
      return ((Query.Or) query).parts().stream().allMatch(part -> everyBranch(part, mailboxKey));
    }
    if (query instanceof Query.Not) {
      Query inside = ((Query.Not) query).part();
      return !mailboxKey && everyBranch(inside, false);
    }
    boolean isMailbox = query instanceof Query.InMailbox || query instanceof Query.InMailboxGuid;
    return isMailbox == mailboxKey;
  }
}
