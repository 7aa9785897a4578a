package org.doveadmsshd.storage;

import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/** The mail was expunged by another program meanwhile. Commands pass over it. */
public final class MailGoneException extends Failure {
  public MailGoneException(String mailbox) {
    super(Outcome.TEMPORARY_FAILURE, "Mailbox " + mailbox + ": a mail was expunged meanwhile");
  }
}
