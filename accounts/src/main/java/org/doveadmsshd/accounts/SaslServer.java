package org.doveadmsshd.accounts;

import java.io.IOException;
import org.doveadmsshd.base.Failure;

/** The server's side of one authentication. Used once, by one thread at a time. */
public interface SaslServer {
  /** Longest response that is looked at, in bytes; tokens are the longest there are. */
  int MAX_RESPONSE = 16 * 1024;

  /** What follows from a response. */
  sealed interface Step {
    /** Calls the method of the visitor that is for this step. */
    void accept(Visitor visitor) throws IOException;

    /** Does what follows. */
    interface Visitor {
      void challenge(byte[] data) throws IOException;

      void accepted(Accepted accepted) throws IOException;

      void refused(Refused refused) throws IOException;
    }

    /** The client is to answer this. */
    record Challenge(byte[] data) implements Step {
      @Override
      public void accept(Visitor visitor) throws IOException {
        visitor.challenge(data);
      }
    }

    /**
     * The login has succeeded.
     *
     * @param mailUser the mail user to act for; empty for the whole scope
     */
    record Accepted(String user, String mailUser) implements Step {
      @Override
      public void accept(Visitor visitor) throws IOException {
        visitor.accepted(this);
      }
    }

    /**
     * The login has failed.
     *
     * @param user the claimed name, as the client sent it; empty when it sent none
     */
    record Refused(String user) implements Step {
      @Override
      public void accept(Visitor visitor) throws IOException {
        visitor.refused(this);
      }
    }
  }

  /**
   * Takes a response.
   *
   * @param response at first the initial response, empty when there was none
   * @throws Failure when it cannot be said whether the login is right
   */
  Step respond(byte[] response) throws Failure;
}
