package org.doveadmsshd.auth;

import java.util.Optional;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.auth.sasl.Credentials;
import org.doveadmsshd.auth.sasl.ScramDecoy;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.base.Failure;

/**
 * What a passdb knows, for a client at some address.
 *
 * @param address where the client is, numeric; empty when it is not known
 * @param external the user that the transport has authenticated
 * @param decoy secrets of unknown users
 */
record MasterCredentials(Passdb passdb, String address, Optional<String> external, ScramDecoy decoy)
    implements Credentials {
  @Override
  public boolean verify(String user, String password, String mailUser) throws Failure {
    return passdb.verify(new LoginAttempt(user, password, address, mailUser)).isRight();
  }

  @Override
  public Optional<PasswordHash> stored(String user) throws Failure {
    return passdb
        .find(new LoginAttempt(user, "", address))
        .map(stored -> PasswordHash.parse(stored.password(), "PLAIN"));
  }

  @Override
  public Optional<String> bearer(String token) throws Failure {
    return passdb.bearer(token);
  }
}
