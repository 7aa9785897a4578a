package org.doveadmsshd.accounts;

import org.doveadmsshd.base.Failure;

/** The server's side of one authentication. Used once, by one thread at a time. */
public interface SaslServer {
  /** Longest response that is looked at, in bytes; tokens are the longest there are. */
  int MAX_RESPONSE = 16 * 1024;

  /** What follows from a response. */
  sealed interface Step {
    /** The client is to answer this. */
    record Challenge(byte[] data) implements Step {}

    /**
     * The client is who he says.
     *
     * @param mailUser as whose administrator he wants to act; empty for all that he may do
     */
    record Accepted(String user, String mailUser) implements Step {}

    /**
     * He is not.
     *
     * @param user who he says to be, in his own words; empty when he has not got so far
     */
    record Refused(String user) implements Step {}
  }

  /**
   * Takes a response.
   *
   * @param response at first the initial response, empty when there was none
   * @throws Failure when it cannot be said who he is
   */
  Step respond(byte[] response) throws Failure;
}
