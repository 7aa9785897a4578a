package org.doveadmsshd.storage;

import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/**
 * Something could not be done with one mail: its file cannot be read, or is no mail that we can
 * read. The other mails of the mailbox are not concerned: commands tell it and go on with the next.
 */
public final class MailFailure extends Failure {
  /**
   * @param message names mailbox, file and reason
   */
  public MailFailure(String message, Throwable cause) {
    super(Outcome.TEMPORARY_FAILURE, message, cause);
  }
}
