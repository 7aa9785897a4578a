package org.doveadmsshd.auth;

/**
 * When one of several passdbs or userdbs is asked, and what follows from its answer.
 *
 * @param skip the users that it is not asked about
 * @param onSuccess when the password is right, or the user found
 * @param onFailure when it is not, or the user is unknown
 * @param onInternalFailure when it cannot say
 */
public record LinkRules(
    Skip skip, Consequence onSuccess, Consequence onFailure, Consequence onInternalFailure) {
  /** The defaults, which are Dovecot's, too. */
  public static final LinkRules USUAL =
      new LinkRules(Skip.NEVER, Consequence.RETURN_OK, Consequence.CONTINUE, Consequence.CONTINUE);

  /** The users that a passdb or userdb is not asked about. */
  public enum Skip {
    NEVER,
    /** Users that an earlier one has let in, or found. */
    SUCCEEDED,
    /** Users that no earlier one has let in, or found. */
    NOT_SUCCEEDED;

    boolean applies(boolean success) {
      return this == SUCCEEDED && success || this == NOT_SUCCEEDED && !success;
    }
  }
}
