package org.doveadmsshd.settings;

import java.nio.file.Path;
import java.util.Map;
import org.doveadmsshd.auth.LinkRules;
import org.doveadmsshd.auth.ldap.LdapSettings;
import org.doveadmsshd.auth.oauth2.Oauth2Settings;
import org.doveadmsshd.auth.sql.SqlSettings;

/** A place where users or passwords are looked up, as a passdb or userdb section names it. */
public sealed interface Backend {
  /** Calls the method of the visitor that is for this kind of backend. */
  <T> T accept(Visitor<T> visitor);

  /**
   * Makes something of a backend of any kind.
   *
   * @param <T> what is made of it
   */
  interface Visitor<T> {
    T passwdFile(PasswdFile backend);

    T sql(Sql backend);

    T ldap(Ldap backend);

    T pam(Pam backend);

    T oauth2(Oauth2 backend);

    T fixed(Static backend);

    T system(System backend);

    T dovecot(Dovecot backend);
  }

  /**
   * A file of lines.
   *
   * @param path absolute; may have variables
   * @param scheme of passwords that name none
   * @param nameFormat under which name a user stands there
   */
  record PasswdFile(String path, String scheme, String nameFormat) implements Backend {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.passwdFile(this);
    }
  }

  /** A database. */
  record Sql(SqlSettings settings) implements Backend {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.sql(this);
    }
  }

  /** A directory. */
  record Ldap(LdapSettings settings) implements Backend {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.ldap(this);
    }
  }

  /**
   * PAM; a passdb only.
   *
   * @param service name of the file in /etc/pam.d
   */
  record Pam(String service) implements Backend {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.pam(this);
    }
  }

  /** Tokens of an authorization server; a passdb only. */
  record Oauth2(Oauth2Settings settings) implements Backend {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.oauth2(this);
    }
  }

  /**
   * A userdb with the same fields for all users.
   *
   * @param fields with variables
   * @param allowsAll whether every name is a user's
   */
  record Static(Map<String, String> fields, boolean allowsAll) implements Backend {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.fixed(this);
    }
  }

  /**
   * The system's users.
   *
   * @param lastUid 0 for no limit
   */
  record System(long firstUid, long lastUid) implements Backend {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.system(this);
    }
  }

  /**
   * A running Dovecot.
   *
   * @param socket auth-client for a passdb, auth-userdb or auth-master for a userdb
   * @param target as whose master users those are verified who name no mail user; empty for none
   * @param asksForProxy whether the passdb is asked where a user's mail is
   */
  record Dovecot(Path socket, String target, boolean asksForProxy) implements Backend {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.dovecot(this);
    }
  }

  /**
   * A passdb section.
   *
   * @param driver the word by which the configuration names the kind of the backend
   * @param denies whether whoever it knows is refused
   */
  record PassdbSection(String driver, Backend backend, LinkRules rules, boolean denies) {}

  /**
   * A userdb section.
   *
   * @param driver as in a passdb section
   */
  record UserdbSection(String driver, Backend backend, LinkRules rules) {}
}
