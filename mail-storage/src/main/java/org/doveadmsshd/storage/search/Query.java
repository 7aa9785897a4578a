package org.doveadmsshd.storage.search;

import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.mime.Needle;

/** A query. Immutable; made by {@link QueryParser}. */
public sealed interface Query {

  /** Every mail. */
  record All() implements Query {}

  /** All of them. */
  record And(List<Query> parts) implements Query {
    public And {
      parts = List.copyOf(parts);
    }
  }

  /** Any of them. */
  record Or(List<Query> parts) implements Query {
    public Or {
      parts = List.copyOf(parts);
    }
  }

  /** Not that. */
  record Not(Query part) implements Query {}

  /** In mailboxes of this name, or matching it where it has wildcards. */
  record InMailbox(MailboxPattern pattern) implements Query {}

  /** In the mailbox with this GUID. */
  record InMailboxGuid(String guid) implements Query {}

  /** A text in bodies, or in headers and bodies; all of a query are looked for at once. */
  record Text(String text, Needle needle, boolean inHeaders) implements Query {}

  /** In a thread in which some mail matches. */
  record InThread(Threads.Algorithm algorithm, Query part) implements Query {}

  /**
   * Something about a single mail.
   *
   * @param text the key as the user wrote it, for explanations
   * @param numbered whether UIDs or sequence numbers are looked at
   * @param bySentDate whether it is about the Date field, which a mail may lack
   */
  record Test(String text, Cost cost, boolean numbered, boolean bySentDate, Check check)
      implements Query {
    Test(String text, Cost cost, boolean numbered, Check check) {
      this(text, cost, numbered, false, check);
    }
  }

  /** Answers for one mail. */
  @FunctionalInterface
  interface Check {
    boolean matches(Candidate candidate) throws Failure;
  }
}
