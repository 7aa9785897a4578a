package org.doveadmsshd.auth.sasl;

/** A client that says everything at once. */
record SingleResponse(String mechanism, byte[] initialResponse) implements SaslClient {
  @Override
  public byte[] respond(byte[] challenge) throws SaslException {
    throw new SaslException(mechanism + " has no challenges", null);
  }

  @Override
  public String toString() {
    return mechanism; // never the response
  }
}
