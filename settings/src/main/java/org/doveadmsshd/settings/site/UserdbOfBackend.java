package org.doveadmsshd.settings.site;

import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.StaticUserdb;
import org.doveadmsshd.auth.passwdfile.PasswdFile;
import org.doveadmsshd.auth.system.SystemUserdb;
import org.doveadmsshd.settings.Backend;

/** Makes the userdb of a userdb section. Sections of other kinds the configuration refuses. */
final class UserdbOfBackend implements Backend.Visitor<Userdb> {
  private final Backends.Opened opened;

  UserdbOfBackend(Backends.Opened opened) {
    this.opened = opened;
  }

  @Override
  public Userdb passwdFile(Backend.PasswdFile backend) {
    return new PasswdFile(backend.path(), backend.nameFormat());
  }

  @Override
  public Userdb sql(Backend.Sql backend) {
    return opened.database(backend.settings());
  }

  @Override
  public Userdb ldap(Backend.Ldap backend) {
    return opened.directory(backend.settings());
  }

  @Override
  public Userdb dovecot(Backend.Dovecot backend) {
    return opened.dovecot(backend);
  }

  @Override
  public Userdb fixed(Backend.Static backend) {
    return new StaticUserdb(backend.fields(), backend.allowsAll());
  }

  @Override
  public Userdb system(Backend.System backend) {
    return new SystemUserdb(backend.firstUid(), backend.lastUid());
  }

  @Override
  public Userdb pam(Backend.Pam backend) {
    throw new IllegalStateException("pam is no userdb");
  }

  @Override
  public Userdb oauth2(Backend.Oauth2 backend) {
    throw new IllegalStateException("oauth2 is no userdb");
  }
}
