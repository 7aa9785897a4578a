package org.doveadmsshd.storage.search;

import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.mime.Needle;

/** A query. Immutable; made by {@link QueryParser}. */
public sealed interface Query {
  /** The queries that it is made of; none for a key. */
  List<Query> parts();

  /** What the dearest key in it costs to be asked. */
  Cost cost();

  /** Whether UIDs or sequence numbers are looked at. */
  boolean numbered();

  /**
   * Whether which mails match depends on the other mails that are there: another one may match when
   * one has been removed.
   */
  boolean relative();

  /** Calls the method of the visitor that is for this kind of query. */
  <T, X extends Exception> T accept(Visitor<T, X> visitor) throws X;

  /**
   * Does something with a query of any kind: who adds a kind is told by the compiler where it must
   * be thought of.
   */
  interface Visitor<T, X extends Exception> {
    T all() throws X;

    T and(And and) throws X;

    T or(Or or) throws X;

    T not(Not not) throws X;

    T inMailbox(InMailbox mailbox) throws X;

    T inMailboxGuid(InMailboxGuid mailbox) throws X;

    T text(Text text) throws X;

    T inThread(InThread thread) throws X;

    T test(Test test) throws X;
  }

  /** A query that is made of others. */
  sealed interface Compound extends Query {
    @Override
    default Cost cost() {
      Cost dearest = Cost.NONE;
      for (Query part : parts()) {
        dearest = part.cost().compareTo(dearest) > 0 ? part.cost() : dearest;
      }
      return dearest;
    }

    @Override
    default boolean numbered() {
      return parts().stream().anyMatch(Query::numbered);
    }

    @Override
    default boolean relative() {
      return parts().stream().anyMatch(Query::relative);
    }
  }

  /** A query that is about a mailbox as a whole, or about nothing. */
  sealed interface Free extends Query {
    @Override
    default List<Query> parts() {
      return List.of();
    }

    @Override
    default Cost cost() {
      return Cost.NONE;
    }

    @Override
    default boolean numbered() {
      return false;
    }

    @Override
    default boolean relative() {
      return false;
    }
  }

  /** Every mail. */
  record All() implements Free {
    @Override
    public <T, X extends Exception> T accept(Visitor<T, X> visitor) throws X {
      return visitor.all();
    }
  }

  /** All of them. */
  record And(List<Query> parts) implements Compound {
    public And {
      parts = List.copyOf(parts);
    }

    @Override
    public <T, X extends Exception> T accept(Visitor<T, X> visitor) throws X {
      return visitor.and(this);
    }
  }

  /** Any of them. */
  record Or(List<Query> parts) implements Compound {
    public Or {
      parts = List.copyOf(parts);
    }

    @Override
    public <T, X extends Exception> T accept(Visitor<T, X> visitor) throws X {
      return visitor.or(this);
    }
  }

  /** Not that. */
  record Not(Query part) implements Compound {
    @Override
    public List<Query> parts() {
      return List.of(part);
    }

    @Override
    public <T, X extends Exception> T accept(Visitor<T, X> visitor) throws X {
      return visitor.not(this);
    }
  }

  /** In mailboxes of this name, or matching it where it has wildcards. */
  record InMailbox(MailboxPattern pattern) implements Free {
    @Override
    public <T, X extends Exception> T accept(Visitor<T, X> visitor) throws X {
      return visitor.inMailbox(this);
    }
  }

  /** In the mailbox with this GUID. */
  record InMailboxGuid(String guid) implements Free {
    @Override
    public <T, X extends Exception> T accept(Visitor<T, X> visitor) throws X {
      return visitor.inMailboxGuid(this);
    }
  }

  /** A text in bodies, or in headers and bodies; all of a query are looked for at once. */
  record Text(String text, Needle needle, boolean inHeaders) implements Query {
    @Override
    public List<Query> parts() {
      return List.of();
    }

    @Override
    public Cost cost() {
      return Cost.BODY;
    }

    @Override
    public boolean numbered() {
      return false;
    }

    @Override
    public boolean relative() {
      return false;
    }

    @Override
    public <T, X extends Exception> T accept(Visitor<T, X> visitor) throws X {
      return visitor.text(this);
    }
  }

  /** In a thread in which some mail matches. */
  record InThread(Threads.Algorithm algorithm, Query part) implements Compound {
    @Override
    public List<Query> parts() {
      return List.of(part);
    }

    /** All headers are read. */
    @Override
    public Cost cost() {
      Cost inside = part.cost();
      return inside.compareTo(Cost.HEADER) > 0 ? inside : Cost.HEADER;
    }

    /** Threads depend on the order of mails. */
    @Override
    public boolean numbered() {
      return true;
    }

    @Override
    public boolean relative() {
      return true;
    }

    @Override
    public <T, X extends Exception> T accept(Visitor<T, X> visitor) throws X {
      return visitor.inThread(this);
    }
  }

  /**
   * Something about a single mail.
   *
   * @param text the key as the user wrote it, for explanations
   * @param numbered whether UIDs or sequence numbers are looked at
   * @param bySentDate whether it is about the Date field, which a mail may lack
   * @param relative as {@link Query#relative}
   */
  record Test(
      String text, Cost cost, boolean numbered, boolean bySentDate, boolean relative, Check check)
      implements Query {
    Test(String text, Cost cost, boolean numbered, boolean bySentDate, Check check) {
      this(text, cost, numbered, bySentDate, false, check);
    }

    Test(String text, Cost cost, boolean numbered, Check check) {
      this(text, cost, numbered, false, check);
    }

    @Override
    public List<Query> parts() {
      return List.of();
    }

    @Override
    public <T, X extends Exception> T accept(Visitor<T, X> visitor) throws X {
      return visitor.test(this);
    }
  }

  /** Answers for one mail. */
  @FunctionalInterface
  interface Check {
    boolean matches(Candidate candidate) throws Failure;
  }
}
