package org.doveadmsshd.command;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.MailStore;

/**
 * A task that changes mailboxes and prints nothing.
 *
 * @param commands names of those that do parts of it
 */
record MailboxEdit(List<String> commands, Edit edit) implements Task.OfUser {
  /** A task that needs no other command in scope. */
  MailboxEdit(Edit edit) {
    this(List.of(), edit);
  }

  /** What is done. */
  @FunctionalInterface
  interface Edit {
    void on(MailStore store, Output output) throws Failure, IOException;
  }

  /** An action on one of several mailboxes. */
  @FunctionalInterface
  interface OneEdit {
    void on(MailStore store, String mailbox) throws Failure;
  }

  /** Says which mailboxes are meant. */
  @FunctionalInterface
  interface Names {
    Collection<String> in(MailStore store) throws Failure;
  }

  /** A task that does the same to several mailboxes. */
  static MailboxEdit each(List<String> mailboxes, String verb, String done, OneEdit edit) {
    return each(store -> mailboxes, verb, done, edit);
  }

  /** As {@link #each(List, String, String, OneEdit)}, where the store has to be asked for names. */
  static MailboxEdit each(Names mailboxes, String verb, String done, OneEdit edit) {
    return new MailboxEdit(
        (store, output) ->
            forEach(
                mailboxes.in(store),
                verb,
                output,
                mailbox -> {
                  edit.on(store, mailbox);
                  output.count(done, 1);
                }));
  }

  /** A step with one of several mailboxes. */
  @FunctionalInterface
  interface Step {
    void on(String mailbox) throws Failure;
  }

  /** Does the same with several mailboxes; one that fails is told of, and the others are done. */
  static void forEach(Collection<String> mailboxes, String verb, Output output, Step step)
      throws Failure, IOException {
    for (String mailbox : mailboxes) {
      output.checkpoint();
      try {
        step.on(mailbox);
      } catch (Failure e) {
        if (e.outcome().endsRequest()) {
          throw e;
        }
        output.failed(failed(verb, mailbox, e));
      }
    }
  }

  /** The storage may have said already what could not be done. */
  private static Failure failed(String verb, String mailbox, Failure e) {
    String tried = " %s mailbox %s: ".formatted(verb, Mailboxes.shown(mailbox));
    String said = "Cannot" + tried;
    String why = e.getMessage();
    why = why.startsWith(said) ? why.substring(said.length()) : why;
    return new Failure(e.outcome(), "Can't" + tried + why, e.getCause());
  }

  /** The same, where an option adds the work of other commands. */
  MailboxEdit with(boolean option, String... further) {
    return option ? new MailboxEdit(List.of(further), edit) : this;
  }

  @Override
  public void run(UserContext context) throws Failure, IOException {
    edit.on(context.store(), context.output());
  }
}
