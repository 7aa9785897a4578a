package org.doveadmsshd.settings.site;

import org.doveadmsshd.settings.Backend;

/** The word by which a configuration names the kind of a backend. */
final class DriverName implements Backend.Visitor<String> {
  @Override
  public String passwdFile(Backend.PasswdFile backend) {
    return "passwd-file";
  }

  @Override
  public String sql(Backend.Sql backend) {
    return "sql";
  }

  @Override
  public String ldap(Backend.Ldap backend) {
    return "ldap";
  }

  @Override
  public String pam(Backend.Pam backend) {
    return "pam";
  }

  @Override
  public String oauth2(Backend.Oauth2 backend) {
    return "oauth2";
  }

  @Override
  public String fixed(Backend.Static backend) {
    return "static";
  }

  @Override
  public String system(Backend.System backend) {
    return "passwd";
  }

  @Override
  public String dovecot(Backend.Dovecot backend) {
    return "dovecot";
  }
}
