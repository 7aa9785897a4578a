package org.doveadmsshd.server;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.doveadmsshd.auth.Cached;
import org.doveadmsshd.auth.HashedPassdb;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.PassdbChain;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.auth.StaticUserdb;
import org.doveadmsshd.auth.Userdb;
import org.doveadmsshd.auth.UserdbChain;
import org.doveadmsshd.auth.dovecot.DovecotPassdb;
import org.doveadmsshd.auth.dovecot.DovecotUserdb;
import org.doveadmsshd.auth.ldap.LdapDirectory;
import org.doveadmsshd.auth.ldap.LdapSettings;
import org.doveadmsshd.auth.oauth2.Oauth2Passdb;
import org.doveadmsshd.auth.passwdfile.PasswdFile;
import org.doveadmsshd.auth.sql.SqlDatabase;
import org.doveadmsshd.auth.sql.SqlSettings;
import org.doveadmsshd.auth.system.PamPassdb;
import org.doveadmsshd.auth.system.SystemUserdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.settings.Backend;
import org.doveadmsshd.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes passdbs and userdbs of settings. Connections to databases are kept from one configuration
 * to the next where it names the same. Used by one thread at a time.
 */
final class Backends {
  private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

  /** What is connected, by its settings. */
  private final Map<Record, Closeable> open = new HashMap<>();

  /**
   * The passdb and the userdb that a configuration names.
   *
   * @param passdb who is a master, as far as passwords tell
   * @param userdb the mail users
   */
  record Opened(Passdb passdb, Userdb userdb) {}

  /** Opens what a configuration names; nothing of it is connected yet. */
  Opened open(Settings settings) throws Failure {
    if (settings.userdbs().isEmpty()) {
      throw new Failure(Outcome.CONFIGURATION_ERROR, "The configuration has no userdb section");
    }
    Settings.AuthCache limits = settings.authCache();
    Cached cached = new Cached(limits.entries(), limits.ttl(), limits.negativeTtl());
    boolean caches = limits.entries() > 0;
    List<PassdbChain.Link> passdbs = new ArrayList<>();
    for (Backend.Passdb passdb : settings.passdbs()) {
      Passdb opened = passdb(passdb.backend(), caches ? cached : null);
      passdbs.add(new PassdbChain.Link(opened, passdb.rules(), passdb.denies()));
    }
    List<UserdbChain.Link> userdbs = new ArrayList<>();
    for (Backend.Userdb userdb : settings.userdbs()) {
      Userdb opened = userdb(userdb.backend());
      userdbs.add(new UserdbChain.Link(opened, userdb.rules()));
    }
    UserdbChain users = new UserdbChain(userdbs);
    return new Opened(new PassdbChain(passdbs), caches ? cached.userdb(users) : users);
  }

  private Passdb passdb(Backend backend, Cached cached) {
    if (backend instanceof Backend.Dovecot) {
      Backend.Dovecot dovecot = (Backend.Dovecot) backend;
      return new DovecotPassdb(dovecot.socket(), dovecot.target());
    }
    if (backend instanceof Backend.Pam) {
      return new PamPassdb(((Backend.Pam) backend).service());
    }
    if (backend instanceof Backend.Oauth2) {
      return new Oauth2Passdb(((Backend.Oauth2) backend).settings());
    }
    PasswordStore store;
    String scheme;
    if (backend instanceof Backend.Ldap) {
      LdapSettings settings = ((Backend.Ldap) backend).settings();
      if (settings.authBind()) {
        return directory(settings).binding();
      }
      store = directory(settings);
      scheme = settings.defaultPasswordScheme();
    } else if (backend instanceof Backend.Sql) {
      SqlSettings settings = ((Backend.Sql) backend).settings();
      store = database(settings);
      scheme = settings.defaultPasswordScheme();
    } else {
      Backend.PasswdFile file = (Backend.PasswdFile) backend;
      store = new PasswdFile(file.path(), file.nameFormat());
      scheme = file.scheme();
    }
    return new HashedPassdb(cached == null ? store : cached.store(store), scheme);
  }

  private Userdb userdb(Backend backend) {
    if (backend instanceof Backend.Sql) {
      return database(((Backend.Sql) backend).settings());
    }
    if (backend instanceof Backend.Ldap) {
      return directory(((Backend.Ldap) backend).settings());
    }
    if (backend instanceof Backend.Dovecot) {
      Backend.Dovecot dovecot = (Backend.Dovecot) backend;
      return (Userdb)
          open.computeIfAbsent(
              dovecot, key -> new DovecotUserdb(dovecot.socket(), dovecot.asksForProxy()));
    }
    if (backend instanceof Backend.Static) {
      Backend.Static fixed = (Backend.Static) backend;
      return new StaticUserdb(fixed.fields(), fixed.allowsAll());
    }
    if (backend instanceof Backend.System) {
      Backend.System system = (Backend.System) backend;
      return new SystemUserdb(system.firstUid(), system.lastUid());
    }
    Backend.PasswdFile file = (Backend.PasswdFile) backend;
    return new PasswdFile(file.path(), file.nameFormat());
  }

  private SqlDatabase database(SqlSettings settings) {
    return (SqlDatabase) open.computeIfAbsent(settings, key -> new SqlDatabase(settings));
  }

  private LdapDirectory directory(LdapSettings settings) {
    return (LdapDirectory) open.computeIfAbsent(settings, key -> new LdapDirectory(settings));
  }

  /** Closes connections that a configuration does not name any more. */
  void closeAllBut(Settings settings) {
    Set<Record> used = new HashSet<>();
    settings.passdbs().forEach(passdb -> used.add(connected(passdb.backend())));
    settings.userdbs().forEach(userdb -> used.add(connected(userdb.backend())));
    open.entrySet()
        .removeIf(
            entry -> {
              boolean unused = !used.contains(entry.getKey());
              if (unused) {
                close(entry.getValue());
              }
              return unused;
            });
  }

  /** The settings of a backend by which its connections are found. */
  private static Record connected(Backend backend) {
    if (backend instanceof Backend.Sql) {
      return ((Backend.Sql) backend).settings();
    }
    return backend instanceof Backend.Ldap ? ((Backend.Ldap) backend).settings() : (Record) backend;
  }

  private static void close(Closeable connections) {
    try {
      connections.close();
    } catch (IOException e) {
      LOG.warn("Closing connections to a backend: {}", e.toString());
    }
  }

  /** Closes all connections. */
  void close() {
    open.values().forEach(Backends::close);
    open.clear();
  }
}
