package org.doveadmsshd.auth;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.accounts.SaslServer;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.auth.sasl.Mechanisms;
import org.doveadmsshd.auth.sasl.ScramDecoy;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserMask;

/** Masters of the settings, who prove themselves by what a passdb knows of them. */
public final class PassdbMasters implements Masters {
  private volatile Map<String, Scope> scopes;
  private volatile Passdb passdb;
  private volatile Set<String> mechanisms;
  private final ScramDecoy decoy = new ScramDecoy();

  /**
   * @param scopes by name of master; other names are no masters
   * @param mechanisms of SASL that may be used, in upper case
   */
  public PassdbMasters(Map<String, Scope> scopes, Passdb passdb, Set<String> mechanisms) {
    this.scopes = Map.copyOf(scopes);
    this.passdb = passdb;
    this.mechanisms = Set.copyOf(mechanisms);
  }

  /** Those who may prove themselves by saying their password. */
  public PassdbMasters(Map<String, Scope> scopes, Passdb passdb) {
    this(scopes, passdb, Set.of("PLAIN"));
  }

  /** Becomes what the others are, for logins from now on. */
  public void become(PassdbMasters others) {
    scopes = others.scopes;
    passdb = others.passdb;
    mechanisms = others.mechanisms;
  }

  @Override
  public Optional<Master> find(String name, Login login) {
    return Optional.ofNullable(scopes.get(name)).map(scope -> new Master(name, scope, login));
  }

  @Override
  public Optional<Master> find(String name, Login login, String mailUser) {
    Optional<Master> master = UserMask.hasWildcard(mailUser) ? Optional.empty() : find(name, login);
    return mailUser.isEmpty() ? master : master.map(who -> who.onlyFor(mailUser));
  }

  /**
   * {@inheritDoc}
   *
   * <p>The passdb is asked about names of no master, too, so that time does not tell which names
   * are masters.
   */
  @Override
  public Optional<Master> authenticate(LoginAttempt attempt) throws Failure {
    boolean right = passdb.verify(attempt).isRight();
    return right
        ? find(attempt.user(), new Login("password", attempt.address()), attempt.mailUser())
        : Optional.empty();
  }

  @Override
  public Set<String> names() {
    return scopes.keySet();
  }

  @Override
  public Optional<String> field(String name, String field) throws Failure {
    return passdb
        .find(new LoginAttempt(name, "", ""))
        .flatMap(stored -> Optional.ofNullable(stored.fields().get(field)));
  }

  @Override
  public Optional<SaslServer> authentication(
      String mechanism, String address, Optional<String> external) {
    return mechanisms.contains(mechanism.toUpperCase(Locale.ROOT))
        ? Mechanisms.server(mechanism, new MasterCredentials(passdb, address, external, decoy))
        : Optional.empty();
  }
}
