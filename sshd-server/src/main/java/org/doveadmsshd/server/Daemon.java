package org.doveadmsshd.server;

import java.io.IOException;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.auth.Masters;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.Scope;
import org.doveadmsshd.auth.UserMask;
import org.doveadmsshd.auth.Userdb;
import org.doveadmsshd.auth.passwdfile.PasswdFile;
import org.doveadmsshd.keys.AuthorizedKeys;
import org.doveadmsshd.keys.KeyFile;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.protocol.Outcome;
import org.doveadmsshd.server.ssh.Sessions;
import org.doveadmsshd.server.ssh.SshEndpoint;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.settings.Settings.PasswdFileSettings;
import org.doveadmsshd.worker.Worker;

/** All that a running doveadm-sshd is made of. */
public final class Daemon {
  private static final int MIN_LANES = 4;

  private final Settings settings;
  private final Sessions sessions;
  private final SshEndpoint endpoint;
  private int port;
  private boolean stopped;

  /**
   * Puts the parts together; nothing listens yet.
   *
   * @param clock says what relative dates count back from
   */
  public Daemon(Settings settings, Clock clock, String software) throws Failure {
    this.settings = settings;
    Masters masters = masters(settings);
    sessions = new Sessions(executor(), clock, masters, lanes(settings), software);
    sessions.use(
        new Worker(userdb(settings), settings.mailLocation(), settings.lockTimeout(), sessions));
    KeyPair hostKey = KeyFile.readOrCreate(settings.hostKey(), "doveadm-sshd");
    Settings.Connections connections = settings.connections();
    endpoint =
        new SshEndpoint(
            sessions,
            masters,
            new AuthorizedKeys(settings.authorizedKeys()),
            hostKey,
            new SshEndpoint.Limits(
                connections.all(),
                connections.beforeLogin(),
                connections.beforeLoginPerAddress(),
                connections.channels(),
                settings.loginTimeout()));
  }

  private static Masters masters(Settings settings) {
    Map<String, Scope> scopes = new HashMap<>();
    settings
        .masters()
        .forEach(
            (name, master) ->
                scopes.put(
                    name,
                    new Scope(
                        master.users().stream().map(UserMask::new).toList(),
                        java.util.Set.copyOf(master.commands()))));
    List<Passdb> passdbs = settings.passdbs().stream().map(Daemon::passdb).toList();
    return new Masters(scopes, passdbs);
  }

  private static Passdb passdb(PasswdFileSettings passdb) {
    return new PasswdFile(passdb.file(), passdb.scheme());
  }

  private static Userdb userdb(Settings settings) throws Failure {
    if (settings.userdbs().size() != 1) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR, "The configuration must have exactly one userdb section");
    }
    PasswdFileSettings userdb = settings.userdbs().get(0);
    return new PasswdFile(userdb.file(), userdb.scheme());
  }

  private static int lanes(Settings settings) {
    return settings.workers() > 0
        ? settings.workers()
        : Math.max(MIN_LANES, 2 * Runtime.getRuntime().availableProcessors());
  }

  /** Threads for whatever may block; how many there are is bounded by what may ask for them. */
  private static ExecutorService executor() {
    AtomicInteger number = new AtomicInteger();
    return Executors.newCachedThreadPool(
        work -> {
          Thread thread = new Thread(work, "work-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Begins to listen. */
  public void start() throws Failure {
    try {
      port = endpoint.start(settings.listen(), settings.port());
    } catch (IOException e) {
      throw Failure.temporary(
          "Cannot listen on %s port %d: %s"
              .formatted(String.join(" ", settings.listen()), settings.port(), e.getMessage()),
          e);
    }
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /** Stops: takes no more in, lets runs end for a while, stops them, closes. */
  public void stop() {
    stop(settings.shutdownTimeout());
  }

  /** As {@link #stop()}, with another patience. */
  public synchronized void stop(Duration patience) {
    if (stopped) {
      return;
    }
    stopped = true;
    endpoint.stopAccepting();
    sessions.drain(patience);
    try {
      endpoint.stop();
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(Daemon.class).warn("Closing: {}", e.toString());
    }
  }
}
