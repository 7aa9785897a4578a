package org.doveadmsshd.command;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.MailFailure;

/** Tells of mails of one mailbox that failed: each once, and of very many how many there are. */
final class MailFailures {
  private static final int NAMED = 100;

  private final String mailbox;
  private final Output output;
  private final Set<String> told = new HashSet<>();
  private int untold;

  MailFailures(String mailbox, Output output) {
    this.mailbox = mailbox;
    this.output = output;
  }

  void add(MailFailure failure) throws IOException {
    if (told.contains(failure.getMessage())) {
      return;
    }
    if (told.size() == NAMED) {
      untold++;
      return;
    }
    told.add(failure.getMessage());
    output.failed(failure);
  }

  /** To be called when all mails have been looked at. */
  void end() throws IOException {
    if (untold > 0) {
      String text = "Mailbox %s: the same or the like with %,d further mails";
      output.failed(Failure.temporary(text.formatted(mailbox, untold), null));
    }
  }
}
