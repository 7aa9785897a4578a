package org.doveadmsshd.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.MailGoneException;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.search.Candidate;
import org.doveadmsshd.storage.search.MailboxSelection;
import org.doveadmsshd.storage.search.Plan;
import org.doveadmsshd.storage.search.Query;
import org.doveadmsshd.storage.search.QueryParser;

/** Finds the mails of a user that match a query: what most commands begin with. */
final class MailSearch {
  private final Query query;
  private final MailboxSelection selection;
  private final boolean mailboxMustExist;
  private final boolean removes;

  /** Does something with a mail that matches. */
  @FunctionalInterface
  interface Visitor {
    void visit(Mailbox mailbox, Candidate candidate) throws Failure, IOException;

    /** Called when all mails of a mailbox have been visited. */
    default void end(Mailbox mailbox) throws Failure, IOException {}
  }

  /**
   * @param mailboxMustExist whether it is an error when the mailbox that the query names is missing
   */
  MailSearch(Query query, boolean mailboxMustExist) {
    this(query, mailboxMustExist, false);
  }

  /**
   * @param removes whether matching mails are removed: a mail whose date cannot be read must not be
   *     removed for its age
   */
  MailSearch(Query query, boolean mailboxMustExist, boolean removes) {
    this.removes = removes;
    this.query = query;
    this.selection = MailboxSelection.of(query);
    this.mailboxMustExist = mailboxMustExist;
  }

  /**
   * Reads the query among a command's words.
   *
   * @throws Failure when it is none, or takes more away than the command's synopsis admits
   */
  static Query query(Command command, List<String> words, Command.Time time) throws Failure {
    if (words.isEmpty()) {
      throw command.misused();
    }
    Query query = QueryParser.parse(words, time.now(), time.zone(), time.doubts());
    if (command.manual().synopsis().has(Kind.NARROW_QUERY)) {
      checkSafety(command.name(), query);
    }
    return query;
  }

  /**
   * Refuses a query that could remove more mails than was meant.
   *
   * @throws Failure with exit code 64
   */
  private static void checkSafety(String command, Query query) throws Failure {
    if (!MailboxSelection.isSafeToExpunge(query)) {
      throw Failure.usage(
          command
              + ": the query must name a mailbox and at least one other key in every branch,"
              + " such as: mailbox Trash savedbefore 30d");
    }
  }

  /**
   * Whether removing what matches may be done once more, as the same mails would be meant: {@code
   * mailbox INBOX 1} is another mail then.
   */
  boolean meansTheSameAgain() {
    return !query.relative();
  }

  /**
   * Visits every match. A mail or a mailbox that fails is reported, and the others are searched all
   * the same.
   *
   * @param numbered whether the visitor looks at UIDs or sequence numbers
   */
  void forEach(UserContext context, boolean numbered, Visitor visitor) throws Failure, IOException {
    forEach(context.store(), context.output(), numbered, visitor);
  }

  /** As {@link #forEach(UserContext, boolean, Visitor)}, in another user's mail. */
  void forEach(MailStore store, Output output, boolean numbered, Visitor visitor)
      throws Failure, IOException {
    for (String name : selection.names(store)) {
      output.checkpoint();
      try {
        search(name, store, output, numbered, visitor);
      } catch (Failure e) {
        if (e.outcome().endsRequest()) {
          throw e;
        }
        output.failed(e);
      }
    }
  }

  private void search(
      String name, MailStore store, Output output, boolean numbered, Visitor visitor)
      throws Failure, IOException {
    Optional<Mailbox> found = store.find(name);
    if (found.isEmpty()) {
      if (mailboxMustExist && selection.single().equals(Optional.of(name))) {
        throw Mailboxes.missing(store, name);
      }
      return; // or removed since it was listed
    }
    try (Mailbox mailbox = found.get()) {
      Plan plan = plan(store, name, mailbox);
      if (!plan.isEmpty()) {
        search(mailbox, plan, output, numbered, visitor);
        visitor.end(mailbox);
      }
    }
  }

  /** Explains the search: the steps for each mailbox, mailboxes with the same plan together. */
  List<String> explain(MailStore store) throws Failure {
    List<String> lines = new ArrayList<>();
    lines.add(
        selection.single().isPresent()
            ? "mailbox by name, without listing: " + selection.single().get()
            : "list all mailboxes, and look into those that may match");
    Map<List<String>, List<String>> mailboxes = new LinkedHashMap<>();
    for (String name : selection.names(store)) {
      Optional<Mailbox> found = store.find(name);
      if (found.isPresent()) {
        try (Mailbox mailbox = found.get()) {
          List<String> plan = plan(store, name, mailbox).explain();
          mailboxes.computeIfAbsent(plan, each -> new ArrayList<>()).add(name);
        }
      }
    }
    mailboxes.forEach(
        (plan, names) -> {
          lines.add(String.join(", ", names) + ":");
          plan.forEach(line -> lines.add("  " + line));
        });
    return lines;
  }

  private Plan plan(MailStore store, String name, Mailbox mailbox) throws Failure {
    String guid = Plan.needsGuid(query) ? mailbox.identifiers().guid() : "";
    return Plan.of(query, asked(store, name), guid, removes);
  }

  /** A mailbox may have several names: it is the one by which the query names it. */
  private static MailStore.ListedName asked(MailStore store, String name) {
    MailStore.ListedName known = store.named(name);
    return name.equalsIgnoreCase(MailStore.INBOX)
        ? known
        : new MailStore.ListedName(name, true, known.separator(), known.uses());
  }

  private static void search(
      Mailbox mailbox, Plan plan, Output output, boolean numbered, Visitor visitor)
      throws Failure, IOException {
    List<? extends Mail> mails = mailbox.mails(numbered || plan.needsNumbers());
    MailFailures failures = new MailFailures(mailbox.name(), output);
    try (Candidate candidate = new Candidate(mails.size())) {
      for (MailFailure failure : plan.begin(mails, candidate, mailbox::hold)) {
        failures.add(failure);
      }
      long done = 0;
      for (Mail mail : mails) {
        output.checkpoint();
        try {
          if (plan.matches(candidate.take(mail))) {
            visitor.visit(mailbox, candidate);
          }
        } catch (MailGoneException e) {
          // as if it had been expunged before we came
        } catch (MailFailure e) {
          failures.add(e);
        }
        output.progress(++done, mails.size());
      }
      failures.end();
    }
  }
}
