package org.doveadmsshd.storage.search;

import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.storage.MailStore;

/**
 * Makes of a query what is left of it for one mailbox: keys about mailboxes are decided, parts are
 * sorted by what they cost.
 */
record Decision(MailStore.ListedName mailbox, String guid)
    implements Query.Visitor<Query, RuntimeException> {
  /** No mail can match. Compared by identity. */
  static final Query NEVER = new Query.Not(new Query.All());

  /** Of a key about mailboxes that mails are compared with. */
  static IllegalStateException undecided() {
    return new IllegalStateException("a key about mailboxes was not decided before");
  }

  private static Query constant(boolean matches) {
    return matches ? new Query.All() : NEVER;
  }

  private static boolean isConstant(Query query) {
    return query == NEVER || query instanceof Query.All;
  }

  @Override
  public Query all() {
    return constant(true);
  }

  @Override
  public Query and(Query.And and) {
    return join(and.parts(), true);
  }

  @Override
  public Query or(Query.Or or) {
    return join(or.parts(), false);
  }

  @Override
  public Query not(Query.Not not) {
    Query inside = not.part().accept(this);
    return isConstant(inside) ? constant(inside == NEVER) : new Query.Not(inside);
  }

  @Override
  public Query inMailbox(Query.InMailbox in) {
    return constant(in.pattern().matches(mailbox));
  }

  @Override
  public Query inMailboxGuid(Query.InMailboxGuid in) {
    return constant(in.guid().equals(guid));
  }

  @Override
  public Query text(Query.Text text) {
    return text;
  }

  @Override
  public Query inThread(Query.InThread thread) {
    Query inside = thread.part().accept(this);
    return isConstant(inside) ? inside : new Query.InThread(thread.algorithm(), inside);
  }

  @Override
  public Query test(Query.Test test) {
    return test;
  }

  private Query join(List<Query> parts, boolean and) {
    List<Query> left = new ArrayList<>();
    for (Query part : parts) {
      Query decided = part.accept(this);
      if (!isConstant(decided)) {
        left.add(decided);
      } else if (and == (decided == NEVER)) {
        return decided;
      }
    }
    if (left.isEmpty()) {
      return constant(and);
    }
    left.sort((one, other) -> one.cost().compareTo(other.cost()));
    return left.size() == 1 ? left.get(0) : and ? new Query.And(left) : new Query.Or(left);
  }
}
