package org.doveadmsshd.storage;

import java.io.IOException;

/**
 * Thrown by the stream of a mail when the mail cannot be read, or not as a mail. Every other
 * IOException beside it is about where the bytes were to go.
 */
public final class UnreadableMailException extends IOException {
  private final transient MailFailure failure;

  public UnreadableMailException(MailFailure failure) {
    super(failure.getMessage(), failure);
    this.failure = failure;
  }

  /** The failure to report. */
  public MailFailure failure() {
    return failure;
  }
}
