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
import org.doveadmsshd.storage.MailStore;

/**
 * A query made ready for one mailbox: what concerns the mailbox is decided, the rest is sorted so
 * that nothing is opened that a cheaper key has ruled out, and all texts that bodies are searched
 * for are looked for in one pass. Used by one thread.
 */
public final class Plan {

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
    from.parts().forEach(this::collectTexts);
  }

  /** Decides for a mailbox whose GUID does not matter to the query. */
  public static Plan of(Query query, MailStore.ListedName mailbox) {
    return of(query, mailbox, "", false);
  }

  /** As {@link #of(Query, MailStore.ListedName)}, where there are no namespaces. */
  public static Plan of(Query query, String mailbox) {
    return of(query, mailbox, "");
  }

  /** Decides for a mailbox, where there are no namespaces. */
  public static Plan of(Query query, String mailbox, String guid) {
    return of(query, new MailStore.ListedName(mailbox, true), guid, false);
  }

  /**
   * Decides for a mailbox.
   *
   * @param removes whether what matches will be gone: a mail without a date that can be read then
   *     matches no key about that date, nor the opposite of one. Otherwise it counts as sent in
   *     1970, as in Dovecot
   */
  public static Plan of(Query query, MailStore.ListedName mailbox, String guid, boolean removes) {
    return new Plan(query.accept(new Decision(mailbox, guid)), removes);
  }

  /** Whether the query asks for mailboxes by GUID, so that it must be known. */
  public static boolean needsGuid(Query query) {
    return has(query, Query.InMailboxGuid.class);
  }

  private static boolean has(Query query, Class<? extends Query> kind) {
    return kind.isInstance(query) || query.parts().stream().anyMatch(part -> has(part, kind));
  }

  /** Whether no mail of the mailbox can match. */
  public boolean isEmpty() {
    return query == Decision.NEVER;
  }

  /** Whether mails must have UIDs and sequence numbers before they are looked at. */
  public boolean needsNumbers() {
    return query.numbered();
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
    for (Query inside : part.parts()) {
      begin(inside, mails, candidate, memory, inverted ^ part instanceof Query.Not);
    }
    if (part instanceof Query.InThread) {
      Query.InThread inThread = (Query.InThread) part;
      Threads found = new Threads(inThread.algorithm(), memory);
      BitSet matching = new BitSet(mails.size() + 1);
      for (Mail mail : mails) {
        try {
          found.add(mail, candidate.take(mail));
          if (inThread.part().accept(new Matching(candidate, inverted))) {
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
    return query.accept(new Matching(candidate, false));
  }

  /** Whether a mail matches. */
  private final class Matching implements Query.Visitor<Boolean, Failure> {
    private final Candidate candidate;

    /** Whether an odd number of NOT stands before what is looked at. */
    private final boolean inverted;

    Matching(Candidate candidate, boolean inverted) {
      this.candidate = candidate;
      this.inverted = inverted;
    }

    @Override
    public Boolean all() {
      return true;
    }

    @Override
    public Boolean and(Query.And and) throws Failure {
      for (Query part : and.parts()) {
        if (!part.accept(this)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public Boolean or(Query.Or or) throws Failure {
      for (Query part : or.parts()) {
        if (part.accept(this)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public Boolean not(Query.Not not) throws Failure {
      return !not.part().accept(new Matching(candidate, !inverted));
    }

    @Override
    public Boolean inMailbox(Query.InMailbox mailbox) {
      throw Decision.undecided();
    }

    @Override
    public Boolean inMailboxGuid(Query.InMailboxGuid mailbox) {
      throw Decision.undecided();
    }

    @Override
    public Boolean text(Query.Text text) throws Failure {
      return candidate.has(text, texts);
    }

    @Override
    public Boolean inThread(Query.InThread thread) {
      return threads.get(thread).get(candidate.mail().sequence());
    }

    @Override
    public Boolean test(Query.Test test) throws Failure {
      boolean unknown = removes && test.bySentDate() && candidate.readableSent().isEmpty();
      return unknown ? inverted : test.check().matches(candidate);
    }
  }

  /** The plan for people: a line for each step, indented where steps stand inside another. */
  public List<String> explain() {
    List<String> lines = new ArrayList<>();
    if (needsNumbers()) {
      lines.add("read the UID list, give new mails their UIDs");
    }
    lines.add("list the mails");
    query.accept(new Explaining("", lines));
    if (texts.size() > 1) {
      lines.add("(the " + texts.size() + " texts are looked for in one pass over the body)");
    }
    return lines;
  }

  /** The lines of a step and of those inside it. */
  private record Explaining(String indent, List<String> lines)
      implements Query.Visitor<Void, RuntimeException> {
    private Void say(String line) {
      lines.add(indent + line);
      return null;
    }

    private Void say(String title, Query query) {
      if (query == Decision.NEVER) {
        return say("no mail can match");
      }
      say(title);
      Explaining inside = new Explaining(indent + "  ", lines);
      query.parts().forEach(part -> part.accept(inside));
      return null;
    }

    @Override
    public Void all() {
      return say("every mail matches");
    }

    @Override
    public Void and(Query.And and) {
      return say("all of:", and);
    }

    @Override
    public Void or(Query.Or or) {
      return say("any of:", or);
    }

    @Override
    public Void not(Query.Not not) {
      return say("not:", not);
    }

    @Override
    public Void inMailbox(Query.InMailbox mailbox) {
      throw Decision.undecided();
    }

    @Override
    public Void inMailboxGuid(Query.InMailboxGuid mailbox) {
      throw Decision.undecided();
    }

    @Override
    public Void text(Query.Text text) {
      return say(looksAt(text.cost()) + text.text());
    }

    @Override
    public Void inThread(Query.InThread thread) {
      return say("in a thread (" + thread.algorithm() + ", all headers are read) with:", thread);
    }

    @Override
    public Void test(Query.Test test) {
      return say(looksAt(test.cost()) + test.text());
    }
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
