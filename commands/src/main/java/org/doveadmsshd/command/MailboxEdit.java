package org.doveadmsshd.command;

import java.io.IOException;
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

  /** An action on one of several mailboxes; one that fails does not stop the others. */
  @FunctionalInterface
  interface OneEdit {
    void on(MailStore store, String mailbox) throws Failure;
  }

  /** A task that does the same to several mailboxes. */
  static MailboxEdit each(List<String> mailboxes, String verb, String done, OneEdit edit) {
    return new MailboxEdit(
        (store, output) -> {
          for (String mailbox : mailboxes) {
            output.checkpoint();
            try {
              edit.on(store, mailbox);
              output.count(done, 1);
            } catch (Failure e) {
              if (e.outcome().endsRequest()) {
                throw e;
              }
              output.failed(failed(verb, mailbox, e));
            }
          }
        });
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
