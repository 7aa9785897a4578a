package org.doveadmsshd.auth.sasl;

/**
 * The other side has said something that the mechanism does not allow, or has not proved itself.
 */
public final class SaslException extends Exception {
  public SaslException(String message, Throwable cause) {
    super(message, cause);
  }
}
