package org.doveadmsshd.settings.site;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.Cached;
import org.doveadmsshd.auth.Hashing;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.PassdbChain;
import org.doveadmsshd.auth.UserdbChain;
import org.doveadmsshd.auth.dovecot.DovecotUserdb;
import org.doveadmsshd.auth.ldap.LdapDirectory;
import org.doveadmsshd.auth.ldap.LdapSettings;
import org.doveadmsshd.auth.sql.SqlDatabase;
import org.doveadmsshd.auth.sql.SqlSettings;
import org.doveadmsshd.auth.system.PamTurns;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.settings.Backend;
import org.doveadmsshd.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes passdbs and userdbs of settings. Sections that name the same database share its
 * connections, which are kept from one configuration to the next. Connections are closed when no
 * configuration in use names them any more. A program makes one. Safe for several threads.
 */
public final class Backends {
  private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

  private final MemoryBudget.Share memory;
  private final Hashing hashing;
  private final PamTurns pamTurns = new PamTurns();

  /** Connections by settings. */
  private final Map<Record, Shared> open = new HashMap<>(); // guarded by this

  /**
   * @param memory draws names of users while they are listed, and passwords while they are verified
   */
  public Backends(MemoryBudget.Share memory) {
    this.memory = memory;
    hashing = new Hashing(memory);
  }

  /** Connections, and how many need them. */
  private static final class Shared {
    private final Closeable connections;
    private int uses; // guarded by the backends

    Shared(Closeable connections) {
      this.connections = connections;
    }
  }

  /** The passdbs and userdbs of one configuration, until they are closed. */
  public final class Opened implements Closeable {
    private final Set<Record> used = new HashSet<>(); // guarded by the backends
    private final List<BackendHealth> health = new ArrayList<>(); // filled before it is shown
    private Passdb passdb;
    private Userdb userdb;

    private Opened() {}

    /** How each of them has answered so far, passdbs first, in the order of the configuration. */
    public List<BackendHealth> health() {
      return List.copyOf(health);
    }

    private BackendHealth watch(String name) {
      long before = health.stream().filter(each -> isOf(each.name(), name)).count();
      BackendHealth watching = new BackendHealth(before == 0 ? name : name + " " + (before + 1));
      health.add(watching);
      return watching;
    }

    /** The passdbs of master users. */
    public Passdb passdb() {
      return passdb;
    }

    /** The mail users. */
    public Userdb userdb() {
      return userdb;
    }

    private static boolean isOf(String name, String first) {
      return name.equals(first) || name.startsWith(first + " ");
    }

    private <T extends Closeable> T shared(Record settings, Class<T> type, Supplier<T> made) {
      synchronized (Backends.this) {
        Shared shared = open.computeIfAbsent(settings, key -> new Shared(made.get()));
        shared.uses += used.add(settings) ? 1 : 0;
        return type.cast(shared.connections);
      }
    }

    SqlDatabase database(SqlSettings settings) {
      return shared(settings, SqlDatabase.class, () -> new SqlDatabase(settings));
    }

    LdapDirectory directory(LdapSettings settings) {
      return shared(settings, LdapDirectory.class, () -> new LdapDirectory(settings));
    }

    DovecotUserdb dovecot(Backend.Dovecot settings) {
      return shared(
          settings,
          DovecotUserdb.class,
          () -> new DovecotUserdb(settings.socket(), settings.asksForProxy()));
    }

    @Override
    public void close() {
      List<Closeable> unused = new ArrayList<>();
      synchronized (Backends.this) {
        for (Record settings : used) {
          Shared shared = open.get(settings);
          if (--shared.uses == 0) {
            open.remove(settings);
            unused.add(shared.connections);
          }
        }
        used.clear();
      }
      unused.forEach(Backends::close);
    }
  }

  /** Opens what a configuration names; nothing of it is connected yet. */
  public Opened open(Settings settings) throws Failure {
    if (settings.auth().userdbs().isEmpty()) {
      throw new Failure(Outcome.CONFIGURATION_ERROR, "The configuration has no userdb section");
    }
    Opened opened = new Opened();
    boolean whole = false;
    try {
      fill(opened, settings);
      whole = true;
      return opened;
    } finally {
      if (!whole) {
        opened.close();
      }
    }
  }

  private void fill(Opened opened, Settings settings) {
    Settings.AuthCache limits = settings.auth().cache();
    Cached cached = new Cached(limits.entries(), limits.ttl(), limits.negativeTtl());
    boolean caches = limits.entries() > 0;
    List<PassdbChain.Link> passdbs = new ArrayList<>();
    for (Backend.PassdbSection passdb : settings.auth().passdbs()) {
      Passdb asked =
          passdb
              .backend()
              .accept(new PassdbOfBackend(opened, caches ? cached : null, hashing, pamTurns));
      Passdb watched = new WatchedPassdb(asked, opened.watch("passdb " + passdb.driver()));
      passdbs.add(new PassdbChain.Link(watched, passdb.rules(), passdb.denies()));
    }
    List<UserdbChain.Link> userdbs = new ArrayList<>();
    for (Backend.UserdbSection userdb : settings.auth().userdbs()) {
      Userdb asked = userdb.backend().accept(new UserdbOfBackend(opened));
      Userdb watched = opened.watch("userdb " + userdb.driver()).watched(asked);
      userdbs.add(new UserdbChain.Link(watched, userdb.rules()));
    }
    UserdbChain users = new UserdbChain(userdbs, memory);
    opened.passdb = new PassdbChain(passdbs);
    opened.userdb = caches ? cached.userdb(users) : users;
  }

  private static void close(Closeable connections) {
    try {
      connections.close();
    } catch (IOException e) {
      LOG.warn("Connections to a passdb or userdb cannot be closed: {}", Reason.of(e));
    }
  }

  /** Closes all connections, also those that are in use. */
  public void close() {
    List<Shared> all;
    synchronized (this) {
      all = List.copyOf(open.values());
    }
    all.forEach(shared -> close(shared.connections));
  }
}
