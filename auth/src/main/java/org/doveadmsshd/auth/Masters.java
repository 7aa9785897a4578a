package org.doveadmsshd.auth;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.auth.sasl.SaslServer;
import org.doveadmsshd.auth.sasl.ScramDecoy;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserMask;

/** The master users and how they prove themselves by password. */
public final class Masters {
  private volatile Map<String, Scope> scopes;
  private volatile Passdb passdb;
  private volatile Set<String> mechanisms;
  private final ScramDecoy decoy = new ScramDecoy();

  /**
   * @param scopes by name of master; who is not in here is no master
   * @param mechanisms of SASL that may be used, in upper case
   */
  public Masters(Map<String, Scope> scopes, Passdb passdb, Set<String> mechanisms) {
    this.scopes = Map.copyOf(scopes);
    this.passdb = passdb;
    this.mechanisms = Set.copyOf(mechanisms);
  }

  /** Those who may prove themselves by saying their password. */
  public Masters(Map<String, Scope> scopes, Passdb passdb) {
    this(scopes, passdb, Set.of("PLAIN"));
  }

  /** Becomes what the others are, for logins from now on. */
  public void become(Masters others) {
    scopes = others.scopes;
    passdb = others.passdb;
    mechanisms = others.mechanisms;
  }

  /** The master of that name, who is to be authenticated by other means. */
  public Optional<Master> find(String name) {
    return find(name, Login.NONE);
  }

  /** The master of that name, who has been authenticated so. */
  public Optional<Master> find(String name, Login login) {
    return Optional.ofNullable(scopes.get(name)).map(scope -> new Master(name, scope, login));
  }

  /**
   * The master of that name, for the mail of one user.
   *
   * @param mailUser empty for all of his scope; nothing is found for a mask
   */
  public Optional<Master> find(String name, Login login, String mailUser) {
    Optional<Master> master = UserMask.hasWildcard(mailUser) ? Optional.empty() : find(name, login);
    return mailUser.isEmpty() ? master : master.map(who -> who.onlyFor(mailUser));
  }

  /**
   * The master who tries to log in, if the password is right. The passdb is asked about whoever is
   * no master, too: time does not tell who is one.
   *
   * @throws Failure when it cannot be said; that is neither a yes nor a no
   */
  public Optional<Master> authenticate(LoginAttempt attempt) throws Failure {
    boolean right = passdb.verify(attempt).isRight();
    return right
        ? find(attempt.user(), new Login("password", attempt.address()), attempt.mailUser())
        : Optional.empty();
  }

  /** The names of all masters. */
  public Set<String> names() {
    return scopes.keySet();
  }

  /**
   * What the passdb says of a master besides his password.
   *
   * @throws Failure when it cannot be said
   */
  public Optional<String> field(String name, String field) throws Failure {
    return passdb
        .find(new LoginAttempt(name, "", ""))
        .flatMap(stored -> Optional.ofNullable(stored.fields().get(field)));
  }

  /**
   * Begins an authentication; who is accepted is a master if {@link #find(String, Login, String)}
   * says so.
   *
   * @param address where the client is, numeric; empty when it is not known
   * @param external whom the transport has shown him to be
   * @return nothing for a mechanism that may not be used
   */
  public Optional<SaslServer> authentication(
      String mechanism, String address, Optional<String> external) {
    return mechanisms.contains(mechanism.toUpperCase(Locale.ROOT))
        ? SaslServer.of(mechanism, new MasterCredentials(passdb, address, external, decoy))
        : Optional.empty();
  }
}
