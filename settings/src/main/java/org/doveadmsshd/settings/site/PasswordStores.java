package org.doveadmsshd.settings.site;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.auth.dovecot.DovecotFields;
import org.doveadmsshd.auth.ldap.LdapDirectory;
import org.doveadmsshd.auth.passwdfile.PasswdFile;
import org.doveadmsshd.auth.sql.SqlDatabase;
import org.doveadmsshd.settings.Backend;

/**
 * Passdb sections as what can be asked for a user's fields; nobody logs in by them. Nothing is
 * connected before it is asked. One thread makes and closes them; they are safe for several.
 */
public final class PasswordStores implements Closeable {
  private final List<Closeable> connections = new ArrayList<>();
  private final List<PasswordStore> all;

  /**
   * @param backends of kinds that can be asked so
   */
  public PasswordStores(List<Backend> backends) {
    Making making = new Making();
    all = backends.stream().map(backend -> backend.accept(making)).toList();
  }

  /** In the order of the configuration. */
  public List<PasswordStore> all() {
    return all;
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : connections) {
      each.close();
    }
  }

  private final class Making implements Backend.Visitor<PasswordStore> {
    private <T extends Closeable> T closed(T store) {
      connections.add(store);
      return store;
    }

    @Override
    public PasswordStore passwdFile(Backend.PasswdFile backend) {
      return new PasswdFile(backend.path(), backend.nameFormat());
    }

    @Override
    public PasswordStore sql(Backend.Sql backend) {
      return closed(new SqlDatabase(backend.settings()));
    }

    @Override
    public PasswordStore ldap(Backend.Ldap backend) {
      return closed(new LdapDirectory(backend.settings()));
    }

    @Override
    public PasswordStore dovecot(Backend.Dovecot backend) {
      return closed(new DovecotFields(backend.socket()));
    }

    @Override
    public PasswordStore pam(Backend.Pam backend) {
      throw unusable("pam");
    }

    @Override
    public PasswordStore oauth2(Backend.Oauth2 backend) {
      throw unusable("oauth2");
    }

    @Override
    public PasswordStore fixed(Backend.Static backend) {
      throw unusable("static");
    }

    @Override
    public PasswordStore system(Backend.System backend) {
      throw unusable("passwd");
    }

    private IllegalStateException unusable(String driver) {
      return new IllegalStateException(driver + " is refused by the configuration");
    }
  }
}
