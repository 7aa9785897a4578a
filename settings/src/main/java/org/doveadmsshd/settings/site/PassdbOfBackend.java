package org.doveadmsshd.settings.site;

import org.doveadmsshd.auth.Cached;
import org.doveadmsshd.auth.HashedPassdb;
import org.doveadmsshd.auth.Hashing;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.auth.dovecot.DovecotPassdb;
import org.doveadmsshd.auth.ldap.LdapSettings;
import org.doveadmsshd.auth.oauth2.Oauth2Passdb;
import org.doveadmsshd.auth.passwdfile.PasswdFile;
import org.doveadmsshd.auth.sql.SqlSettings;
import org.doveadmsshd.auth.system.PamPassdb;
import org.doveadmsshd.auth.system.PamTurns;
import org.doveadmsshd.settings.Backend;

/** Makes the passdb of a passdb section. Sections of other kinds the configuration refuses. */
final class PassdbOfBackend implements Backend.Visitor<Passdb> {
  private final Backends.Opened opened;
  private final Cached cached;
  private final Hashing hashing;
  private final PamTurns pamTurns;

  /**
   * @param cached remembers what stores answer; null for nothing
   */
  PassdbOfBackend(Backends.Opened opened, Cached cached, Hashing hashing, PamTurns pamTurns) {
    this.opened = opened;
    this.cached = cached;
    this.hashing = hashing;
    this.pamTurns = pamTurns;
  }

  private Passdb hashed(PasswordStore store, String scheme) {
    return new HashedPassdb(cached == null ? store : cached.store(store), scheme, hashing);
  }

  @Override
  public Passdb passwdFile(Backend.PasswdFile backend) {
    return hashed(new PasswdFile(backend.path(), backend.nameFormat()), backend.scheme());
  }

  @Override
  public Passdb sql(Backend.Sql backend) {
    SqlSettings settings = backend.settings();
    return hashed(opened.database(settings), settings.defaultPasswordScheme());
  }

  @Override
  public Passdb ldap(Backend.Ldap backend) {
    LdapSettings settings = backend.settings();
    return settings.authBind()
        ? opened.directory(settings).binding()
        : hashed(opened.directory(settings), settings.defaultPasswordScheme());
  }

  @Override
  public Passdb pam(Backend.Pam backend) {
    return new PamPassdb(backend.service(), pamTurns);
  }

  @Override
  public Passdb oauth2(Backend.Oauth2 backend) {
    return new Oauth2Passdb(backend.settings());
  }

  @Override
  public Passdb dovecot(Backend.Dovecot backend) {
    return new DovecotPassdb(backend.socket(), backend.target());
  }

  @Override
  public Passdb fixed(Backend.Static backend) {
    throw new IllegalStateException("static is no passdb");
  }

  @Override
  public Passdb system(Backend.System backend) {
    throw new IllegalStateException("passwd is no passdb");
  }
}
