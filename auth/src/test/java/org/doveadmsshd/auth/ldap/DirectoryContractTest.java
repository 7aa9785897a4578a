package org.doveadmsshd.auth.ldap;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import java.io.Closeable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.HashedPassdb;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.PassdbContract;
import org.doveadmsshd.auth.UserdbContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** The promises of userdbs and passdbs that are directories. */
class DirectoryContractTest {
  private static final String BASE = LdapDirectoryContract.BASE;

  /** A directory in this process, which may be down for some time. */
  private static final class Directory {
    private final InMemoryDirectoryServer server;

    Directory() throws Exception {
      InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig(BASE);
      config.addAdditionalBindCredentials("cn=admin," + BASE, "adminsecret");
      config.setSchema(null);
      config.setListenerConfigs(
          InMemoryListenerConfig.createLDAPConfig(
              "plain", InetAddress.getLoopbackAddress(), freePort(), null));
      server = new InMemoryDirectoryServer(config);
      server.add("dn: " + BASE, "objectClass: domain", "dc: example");
      add("jane", "sesame");
      add("joe", "other");
      server.startListening();
    }

    /** It has to be the same when the directory comes back. */
    private static int freePort() throws Exception {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      }
    }

    void add(String user, String password) throws Exception {
      server.add(
          "dn: uid=%s,%s".formatted(user, BASE),
          "objectClass: account",
          "objectClass: posixAccount",
          "uid: " + user,
          "cn: " + user,
          "uidNumber: 5000",
          "gidNumber: 5000",
          "homeDirectory: /srv/" + user,
          "userPassword: " + password);
    }

    void change(String password) throws Exception {
      Modification change = new Modification(ModificationType.REPLACE, "userPassword", password);
      server.modify("uid=jane," + BASE, change);
    }

    /** Users are spelled as the directory spells them. */
    LdapDirectory open(boolean binds) {
      return new LdapDirectory(
          new LdapSettings(
              List.of("ldap://127.0.0.1:" + server.getListenPort()),
              "cn=admin," + BASE,
              "adminsecret",
              false,
              "",
              binds,
              "",
              BASE,
              "subtree",
              "homeDirectory=home,uid=user",
              "(&(objectClass=posixAccount)(uid=%u))",
              "uid=user,userPassword=password",
              "(&(objectClass=posixAccount)(uid=%u))",
              "uid=user",
              "(objectClass=posixAccount)",
              "PLAIN"));
    }
  }

  @Nested
  class Users extends UserdbContract {
    private Directory ldap;

    @Override
    protected Userdb open() throws Exception {
      ldap = new Directory();
      return ldap.open(false);
    }

    @Override
    protected void add(String user) throws Exception {
      ldap.add(user, "x");
    }

    @Override
    protected boolean breakDown() {
      ldap.server.shutDown(true);
      return true;
    }

    @Override
    protected void repair() throws Exception {
      ldap.server.startListening();
    }

    @AfterEach
    void stop() {
      ldap.server.shutDown(true);
    }
  }

  /** Passwords are compared here, or the directory lets users in. */
  private abstract static class Passwords extends PassdbContract {
    Directory ldap;
    LdapDirectory directoryOfUsers;

    void open(boolean binds) throws Exception {
      ldap = new Directory();
      directoryOfUsers = ldap.open(binds);
    }

    @Override
    protected Closeable source() {
      return directoryOfUsers;
    }

    @Override
    protected void change(String password) throws Exception {
      ldap.change(password);
    }

    @Override
    protected void breakDown() {
      ldap.server.shutDown(true);
    }

    @Override
    protected void repair() throws Exception {
      ldap.server.startListening();
    }

    @AfterEach
    void stop() {
      ldap.server.shutDown(true);
    }
  }

  @Nested
  class ComparedPasswords extends Passwords {
    @Override
    protected Passdb open() throws Exception {
      open(false);
      return new HashedPassdb(directoryOfUsers, "PLAIN", hashing);
    }
  }

  @Nested
  class Binds extends Passwords {
    @Override
    protected Passdb open() throws Exception {
      open(true);
      return directoryOfUsers.binding();
    }
  }
}
