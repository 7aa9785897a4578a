package org.doveadmsshd.storage.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.doveadmsshd.protocol.Failure;

/**
 * A query made ready for one mailbox: what concerns the mailbox is decided, the rest is sorted so
 * that nothing is opened that a cheaper key has ruled out.
 */
public final class Plan {
  private static final Query NEVER = new Query.Not(new Query.All());

  private final Query query;

  private Plan(Query query) {
    this.query = query;
  }

  /** Decides for a mailbox whose GUID does not matter to the query. */
  public static Plan of(Query query, String mailbox) {
    return of(query, mailbox, "");
  }

  /** Decides for a mailbox. */
  public static Plan of(Query query, String mailbox, String guid) {
    return new Plan(decide(query, mailbox, guid));
  }

  /** Whether the query asks for mailboxes by GUID, so that it must be known. */
  public static boolean needsGuid(Query query) {
    if (query instanceof Query.And) {
      return ((Query.And) query).parts().stream().anyMatch(Plan::needsGuid);
    }
    if (query instanceof Query.Or) {
      return ((Query.Or) query).parts().stream().anyMatch(Plan::needsGuid);
    }
    if (query instanceof Query.Not) {
      return needsGuid(((Query.Not) query).part());
    }
    return query instanceof Query.InMailboxGuid;
  }

  /** Whether no mail of the mailbox can match. */
  public boolean isEmpty() {
    return query == NEVER;
  }

  /** Whether mails must have UIDs and sequence numbers before they are looked at. */
  public boolean needsNumbers() {
    return needsNumbers(query);
  }

  public boolean matches(Candidate candidate) throws Failure {
    return matches(query, candidate);
  }

  private static Query decide(Query query, String mailbox, String guid) {
    if (query instanceof Query.InMailbox) {
      return ((Query.InMailbox) query).pattern().matches(mailbox) ? new Query.All() : NEVER;
    }
    if (query instanceof Query.InMailboxGuid) {
      return ((Query.InMailboxGuid) query).guid().equals(guid) ? new Query.All() : NEVER;
    }
    if (query instanceof Query.Not) {
      Query inside = decide(((Query.Not) query).part(), mailbox, guid);
      return inside == NEVER
          ? new Query.All()
          : inside instanceof Query.All ? NEVER : new Query.Not(inside);
    }
    if (query instanceof Query.And) {
      return join(((Query.And) query).parts(), mailbox, guid, true);
    }
    if (query instanceof Query.Or) {
      return join(((Query.Or) query).parts(), mailbox, guid, false);
    }
    return query;
  }

  private static Query join(List<Query> parts, String mailbox, String guid, boolean and) {
    List<Query> left = new ArrayList<>();
    for (Query part : parts) {
      Query decided = decide(part, mailbox, guid);
      boolean always = decided instanceof Query.All;
      boolean never = decided == NEVER;
      if (and ? never : always) {
        return decided;
      }
      if (!always && !never) {
        left.add(decided);
      }
    }
    if (left.isEmpty()) {
      return and ? new Query.All() : NEVER;
    }
    left.sort(Comparator.comparing(Plan::cost));
    return left.size() == 1 ? left.get(0) : and ? new Query.And(left) : new Query.Or(left);
  }

  private static Cost cost(Query query) {
    if (query instanceof Query.Test) {
      return ((Query.Test) query).cost();
    }
    Cost dearest = Cost.NONE;
    for (Query part : parts(query)) {
      Cost cost = cost(part);
      dearest = cost.compareTo(dearest) > 0 ? cost : dearest;
    }
    return dearest;
  }

  private static boolean needsNumbers(Query query) {
    if (query instanceof Query.Test) {
      return ((Query.Test) query).numbered();
    }
    return parts(query).stream().anyMatch(Plan::needsNumbers);
  }

  private static List<Query> parts(Query query) {
    if (query instanceof Query.And) {
      return ((Query.And) query).parts();
    }
    if (query instanceof Query.Or) {
      return ((Query.Or) query).parts();
    }
    return query instanceof Query.Not ? List.of(((Query.Not) query).part()) : List.of();
  }

  private static boolean matches(Query query, Candidate candidate) throws Failure {
    if (query instanceof Query.Test) {
      return ((Query.Test) query).check().matches(candidate);
    }
    if (query instanceof Query.And) {
      for (Query part : ((Query.And) query).parts()) {
        if (!matches(part, candidate)) {
          return false;
        }
      }
      return true;
    }
    if (query instanceof Query.Or) {
      for (Query part : ((Query.Or) query).parts()) {
        if (matches(part, candidate)) {
          return true;
        }
      }
      return false;
    }
    return !(query instanceof Query.Not) || !matches(((Query.Not) query).part(), candidate);
  }
}
