package org.doveadmsshd.storage.search;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.MailGoneException;

/**
 * A query made ready for one mailbox: what concerns the mailbox is decided, the rest is sorted so
 * that nothing is opened that a cheaper key has ruled out, and all texts that bodies are searched
 * for are looked for in one pass. Used by one thread.
 */
public final class Plan {
  private static final Query NEVER = new Query.Not(new Query.All());

  /** Memory of a failure, in bytes. */
  private static final long FAILURE = 2_000;

  /** Gives memory for data about many mails. */
  @FunctionalInterface
  public interface Memory {
    /**
     * Takes more.
     *
     * @throws Failure when there is not as much
     */
    void hold(long bytes) throws Failure;
  }

  private final Query query;
  private final boolean removes;
  private final List<Query.Text> texts = new ArrayList<>();

  /** The sequence numbers of the mails that match. */
  private final Map<Query.InThread, BitSet> threads = new IdentityHashMap<>();

  /** Mails that could not be looked at as a part of all mails. */
  private final List<MailFailure> failures = new ArrayList<>();

  private Plan(Query query, boolean removes) {
    this.query = query;
    this.removes = removes;
    collectTexts(query);
  }

  private void collectTexts(Query from) {
    if (from instanceof Query.Text) {
      texts.add((Query.Text) from);
    }
    parts(from).forEach(this::collectTexts);
  }

  /** Decides for a mailbox whose GUID does not matter to the query. */
  public static Plan of(Query query, String mailbox) {
    return of(query, mailbox, "");
  }

  /** Decides for a mailbox. */
  public static Plan of(Query query, String mailbox, String guid) {
    return of(query, mailbox, guid, false);
  }

  /**
   * Decides for a mailbox.
   *
   * @param removes whether what matches will be gone: a mail without a date that can be read then
   *     matches no key about that date, nor the opposite of one. Otherwise it counts as sent in
   *     1970, as in Dovecot
   */
  public static Plan of(Query query, String mailbox, String guid, boolean removes) {
    return new Plan(decide(query, mailbox, guid), removes);
  }

  /** Whether the query asks for mailboxes by GUID, so that it must be known. */
  public static boolean needsGuid(Query query) {
    return has(query, Query.InMailboxGuid.class);
  }

  private static boolean has(Query query, Class<? extends Query> kind) {
    return kind.isInstance(query) || parts(query).stream().anyMatch(part -> has(part, kind));
  }

  /** Whether no mail of the mailbox can match. */
  public boolean isEmpty() {
    return query == NEVER;
  }

  /** Whether mails must have UIDs and sequence numbers before they are looked at. */
  public boolean needsNumbers() {
    return needsNumbers(query);
  }

  /**
   * Looks at all mails of the mailbox, if a key is about more than one mail. To be called before
   * {@link #matches}.
   *
   * @param memory for what is kept of them meanwhile
   * @return what was wrong with single mails, which are in no thread then
   */
  public List<MailFailure> begin(List<? extends Mail> mails, Candidate candidate, Memory memory)
      throws Failure {
    begin(query, mails, candidate, memory, false);
    return failures;
  }

  private void begin(
      Query part, List<? extends Mail> mails, Candidate candidate, Memory memory, boolean inverted)
      throws Failure {
    for (Query inside : parts(part)) {
      begin(inside, mails, candidate, memory, inverted ^ part instanceof Query.Not);
    }
    if (part instanceof Query.InThread) {
      Query.InThread inThread = (Query.InThread) part;
      Threads found = new Threads(inThread.algorithm(), memory);
      BitSet matching = new BitSet(mails.size() + 1);
      for (Mail mail : mails) {
        try {
          found.add(mail, candidate.take(mail));
          if (matches(inThread.part(), candidate, inverted)) {
            matching.set(mail.sequence());
          }
        } catch (MailGoneException e) {
          // as if it had been expunged before we came
        } catch (MailFailure e) {
          memory.hold(FAILURE);
          failures.add(e);
        }
      }
      threads.put(inThread, found.around(matching));
    }
  }

  public boolean matches(Candidate candidate) throws Failure {
    return matches(query, candidate, false);
  }

  private static Query decide(Query query, String mailbox, String guid) {
    if (query instanceof Query.InMailbox) {
      return ((Query.InMailbox) query).pattern().matches(mailbox) ? new Query.All() : NEVER;
    }
    if (query instanceof Query.InMailboxGuid) {
      return ((Query.InMailboxGuid) query).guid().equals(guid) ? new Query.All() : NEVER;
    }
    if (query instanceof Query.InThread) {
      Query.InThread thread = (Query.InThread) query;
      Query inside = decide(thread.part(), mailbox, guid);
      return isConstant(inside) ? inside : new Query.InThread(thread.algorithm(), inside);
    }
    if (query instanceof Query.Not) {
      Query inside = decide(((Query.Not) query).part(), mailbox, guid);
      return !isConstant(inside)
          ? new Query.Not(inside)
          : inside == NEVER ? new Query.All() : NEVER;
    }
    if (query instanceof Query.And) {
      return join(((Query.And) query).parts(), mailbox, guid, true);
    }
    if (query instanceof Query.Or) {
      return join(((Query.Or) query).parts(), mailbox, guid, false);
    }
    return query;
  }

  private static boolean isConstant(Query query) {
    return query == NEVER || query instanceof Query.All;
  }

  private static Query join(List<Query> parts, String mailbox, String guid, boolean and) {
    List<Query> left = new ArrayList<>();
    for (Query part : parts) {
      Query decided = decide(part, mailbox, guid);
      if (!isConstant(decided)) {
        left.add(decided);
      } else if (and == (decided == NEVER)) {
        return decided;
      }
    }
    if (left.isEmpty()) {
      return and ? new Query.All() : NEVER;
    }
    left.sort((one, other) -> cost(one).compareTo(cost(other)));
    return left.size() == 1 ? left.get(0) : and ? new Query.And(left) : new Query.Or(left);
  }

  private static Cost cost(Query query) {
    Cost dearest =
        query instanceof Query.Test
            ? ((Query.Test) query).cost()
            : query instanceof Query.Text
                ? Cost.BODY
                : query instanceof Query.InThread ? Cost.HEADER : Cost.NONE;
    for (Query part : parts(query)) {
      Cost cost = cost(part);
      dearest = cost.compareTo(dearest) > 0 ? cost : dearest;
    }
    return dearest;
  }

  private static boolean needsNumbers(Query query) {
    boolean own =
        query instanceof Query.InThread // which depends on the order
            || query instanceof Query.Test && ((Query.Test) query).numbered();
    return own || parts(query).stream().anyMatch(Plan::needsNumbers);
  }

  private static List<Query> parts(Query query) {
    if (query instanceof Query.And) {
      return ((Query.And) query).parts();
    }
    if (query instanceof Query.Or) {
      return ((Query.Or) query).parts();
    }
    if (query instanceof Query.InThread) {
      return List.of(((Query.InThread) query).part());
    }
    return query instanceof Query.Not ? List.of(((Query.Not) query).part()) : List.of();
  }

  /**
   * @param inverted whether an odd number of NOT stands before it
   */
  private boolean matches(Query part, Candidate candidate, boolean inverted) throws Failure {
    if (part instanceof Query.Test) {
      Query.Test test = (Query.Test) part;
      boolean unknown = removes && test.bySentDate() && candidate.readableSent().isEmpty();
      return unknown ? inverted : test.check().matches(candidate);
    }
    if (part instanceof Query.Text) {
      return candidate.has((Query.Text) part, texts);
    }
    if (part instanceof Query.InThread) {
      return threads.get(part).get(candidate.mail().sequence());
    }
    if (part instanceof Query.And) {
      for (Query inside : ((Query.And) part).parts()) {
        if (!matches(inside, candidate, inverted)) {
          return false;
        }
      }
      return true;
    }
    if (part instanceof Query.Or) {
      for (Query inside : ((Query.Or) part).parts()) {
        if (matches(inside, candidate, inverted)) {
          return true;
        }
      }
      return false;
    }
    return !(part instanceof Query.Not)
        || !matches(((Query.Not) part).part(), candidate, !inverted);
  }

  /** The plan for people: a line for each step, indented where steps stand inside another. */
  public List<String> explain() {
    List<String> lines = new ArrayList<>();
    if (needsNumbers()) {
      lines.add("read the UID list, give new mails their UIDs");
    }
    lines.add("list the mails");
    explain(query, "", lines);
    if (texts.size() > 1) {
      lines.add("(the " + texts.size() + " texts are looked for in one pass over the body)");
    }
    return lines;
  }

  private static void explain(Query part, String indent, List<String> lines) {
    if (part instanceof Query.Test) {
      lines.add(indent + looksAt(((Query.Test) part).cost()) + ((Query.Test) part).text());
    } else if (part instanceof Query.Text) {
      lines.add(indent + looksAt(Cost.BODY) + ((Query.Text) part).text());
    } else if (part instanceof Query.All) {
      lines.add(indent + (part == NEVER ? "no mail can match" : "every mail matches"));
    } else {
      if (part == NEVER) {
        lines.add(indent + "no mail can match");
        return;
      }
      lines.add(indent + title(part));
      parts(part).forEach(inside -> explain(inside, indent + "  ", lines));
    }
  }

  private static String title(Query part) {
    if (part instanceof Query.InThread) {
      return "in a thread ("
          + ((Query.InThread) part).algorithm()
          + ", all headers are read) with:";
    }
    return part instanceof Query.Not ? "not:" : part instanceof Query.Or ? "any of:" : "all of:";
  }

  private static String looksAt(Cost cost) {
    return switch (cost) {
      case NONE -> "nothing: ";
      case NAME -> "file name: ";
      case STATUS -> "stat: ";
      case HEADER -> "header: ";
      case BODY -> "body: ";
    };
  }
}
