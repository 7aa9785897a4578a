package org.doveadmsshd.storage.search;

import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/** The words are no query. The exit code is the one doveadm has for it: 75. */
public final class QueryException extends Failure {
  public QueryException(String message) {
    super(Outcome.TEMPORARY_FAILURE, message);
  }
}
