package org.doveadmsshd.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.PassdbMasters;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.brain.journal.JournalDirectory;
import org.doveadmsshd.brain.journal.JournalRules;
import org.doveadmsshd.brain.ssh.SshConnections;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.PartStatus;
import org.doveadmsshd.command.ServerContext;
import org.doveadmsshd.keys.AuthorizedKeys;
import org.doveadmsshd.keys.HostKeys;
import org.doveadmsshd.keys.RevokedKeys;
import org.doveadmsshd.keys.UserCertificates;
import org.doveadmsshd.server.audit.ConfiguredAudit;
import org.doveadmsshd.server.metrics.MetricsEndpoint;
import org.doveadmsshd.server.metrics.ServerMetrics;
import org.doveadmsshd.server.rehearsal.Rehearsal;
import org.doveadmsshd.server.socket.SocketEndpoint;
import org.doveadmsshd.server.ssh.KeyAuthentication;
import org.doveadmsshd.server.ssh.Sessions;
import org.doveadmsshd.server.ssh.SshEndpoint;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.settings.site.BackendHealth;
import org.doveadmsshd.settings.site.Backends;
import org.doveadmsshd.settings.site.ConfigurationFile;
import org.doveadmsshd.worker.Worker;
import org.doveadmsshd.worker.term.TermTable;
import org.doveadmsshd.worker.term.Terms;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that a running doveadm-sshd is made of. */
public final class Daemon implements Sessions.Control {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

  /** Its rules may name what there is. */
  static final ConfigurationFile FILE = new ConfigurationFile(CommandCatalog.scopeWords());

  /** What the unit of systemd makes, and gives to the server. */
  private static final Path STATE_DIRECTORY = Path.of("/var/lib/doveadm-sshd");

  private static final int MIN_LANES = 4;

  /** What clients may have of the memory; the rest is for opening mailboxes. */
  private static final double PART_OF_CLIENTS = 0.9;

  /** What rows that are kept back for their order may have of that. */
  private static final double PART_OF_ROWS = 0.15;

  private final MemoryBudget budget = MemoryBudget.ofHeap();
  private final Backends backends = new Backends(budget.all());
  private final WorkPlace workPlace;
  private final Terms terms;
  private final ConfiguredAudit audit = new ConfiguredAudit(Clock.systemUTC());
  private final ServerMetrics metrics =
      new ServerMetrics(audit, teller -> new VitalGauges(vitals(), teller).tell());
  private final MetricsEndpoint scraped = new MetricsEndpoint(metrics);
  private final ExecutorService executor = executor();
  private final String software;
  private final Instant started = Instant.now();
  private final PassdbMasters masters;
  private final CurrentSite site = new CurrentSite();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile Settings settings;
  private volatile Instant loaded = started;
  private volatile List<BackendHealth> backendHealth;
  private volatile Optional<SocketAddress> metricsAddress = Optional.empty();
  private final JournalDirectory journals;
  private final Sessions sessions;
  private final Rehearsal rehearsal = new Rehearsal(budget.all(), this::isBusy, this::greetItself);
  private final SshEndpoint endpoint;
  private final List<SocketEndpoint> sockets = new ArrayList<>();
  private final AuthorizedKeys authorizedKeys;
  private final PassdbKeys passdbKeys;
  private int port;
  private boolean stopped;

  /**
   * Puts the parts together; nothing listens yet.
   *
   * @param clock says what relative dates count back from
   */
  public Daemon(Settings settings, Clock clock, String software) throws Failure {
    this.settings = settings;
    this.software = software;
    workPlace = new WorkPlace(settings, budget.all());
    terms = settings.work().termsDirectory().<Terms>map(TermTable::new).orElse(Terms.NONE);
    audit.configure(settings.audit().log(), settings.audit().required());
    Backends.Opened opened = backends.open(settings);
    backendHealth = opened.health();
    masters = masters(settings);
    MemoryBudget.Share memory = budget.all().part(PART_OF_CLIENTS);
    journals = journals(settings.journals());
    sessions = new Sessions(sessions(settings, clock, memory), masters, site, metrics);
    sessions.controlledBy(this);
    site.become(worker(settings, opened.userdb()), opened.passdb(), opened::close);
    authorizedKeys = new AuthorizedKeys(settings.keys().authorized());
    passdbKeys = new PassdbKeys(masters, authorizedKeys);
    passdbKeys.enable(settings.keys().fromPassdb());
    endpoint =
        new SshEndpoint(
            sessions,
            identity(settings.ssh()),
            new SshEndpoint.Logins(
                masters, keys(settings.keys(), authorizedKeys), rules(settings.logins()), metrics),
            limits(settings.connections()),
            memory);
    endpoint.timeLogins(metrics::loggedIn);
    for (Settings.SocketSettings socket : settings.sockets()) {
      SocketEndpoint.UnixListener listener =
          new SocketEndpoint.UnixListener(socket.path(), socket.mode(), socket.group());
      sockets.add(new SocketEndpoint(sessions, listener, socketLimits(settings), memory));
    }
  }

  private Sessions.SessionSettings sessions(
      Settings settings, Clock clock, MemoryBudget.Share memory) {
    return new Sessions.SessionSettings(
        executor,
        clock,
        lanes(settings),
        software,
        new Sessions.ClientRules(
            settings.connections().inputTimeout(),
            settings.shell().idleTimeout(),
            settings.shell().historyDirectory(),
            settings.shell().scriptsAsk(),
            Optional.of(journals)),
        memory.part(PART_OF_ROWS));
  }

  private static JournalDirectory journals(Settings.JournalSettings journals) {
    Path directory = journals.stateDirectory().orElse(STATE_DIRECTORY).resolve("runs");
    return new JournalDirectory(directory, rules(journals), Clock.systemUTC());
  }

  private static JournalRules rules(Settings.JournalSettings journals) {
    return new JournalRules(journals.keep(), journals.size(), journals.stopsWhenFull());
  }

  private static SshEndpoint.LoginRules rules(Settings.LoginSettings logins) {
    return new SshEndpoint.LoginRules(logins.timeout(), logins.failureDelay(), logins.methods());
  }

  private static SshEndpoint.ConnectionLimits limits(Settings.Connections connections) {
    return new SshEndpoint.ConnectionLimits(
        connections.all(),
        connections.beforeLogin(),
        connections.beforeLoginPerAddress(),
        connections.channels(),
        connections.writeTimeout());
  }

  private static SocketEndpoint.ConnectionLimits socketLimits(Settings settings) {
    return new SocketEndpoint.ConnectionLimits(
        settings.connections().all(),
        settings.connections().beforeLoginPerAddress().full(),
        settings.logins().timeout(),
        settings.logins().failureDelay());
  }

  private static SshEndpoint.HostIdentity identity(Settings.SshSettings ssh) throws Failure {
    HostKeys keys = new HostKeys(ssh.hostKey());
    if (ssh.hostCertificate().isPresent()) {
      keys.checkCertificate(ssh.hostCertificate().get());
    }
    return new SshEndpoint.HostIdentity(keys.announced(), ssh.hostCertificate());
  }

  private static KeyAuthentication.KeySources keys(
      Settings.KeySettings keys, AuthorizedKeys authorized) {
    return new KeyAuthentication.KeySources(
        authorized,
        new UserCertificates(keys.authorities(), Set.copyOf(keys.certificateCommands())),
        new RevokedKeys(keys.revoked()));
  }

  private Worker worker(Settings settings, Userdb userdb) throws Failure {
    String location = settings.mail().location();
    return new Worker(
        userdb,
        workPlace.work(settings, userdb),
        (master, input, output) ->
            new ServerContext(master, masters, userdb, location, sessions, input, output),
        metrics,
        terms);
  }

  private PassdbMasters masters(Settings settings) {
    return new PassdbMasters(
        Scopes.of(settings.masters()), site.passdb(), settings.logins().mechanisms());
  }

  private static int lanes(Settings settings) {
    return settings.work().lanes() > 0
        ? settings.work().lanes()
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

  /** Has the log say what was under way should the memory of this process run out. */
  public void watchMemory() {
    LastWords.watch(sessions, budget);
  }

  /**
   * Begins to listen.
   *
   * @throws Failure when it cannot listen everywhere; no socket is left behind then
   */
  public void start() throws Failure {
    boolean listens = false;
    try {
      for (SocketEndpoint socket : sockets) {
        socket.start();
      }
      if (settings.metrics().isPresent()) {
        metricsAddress = Optional.of(scraped.start(settings.metrics().get()));
      }
      port = endpoint.start(settings.ssh().listen(), settings.ssh().port());
      listens = true;
    } catch (IOException e) {
      throw Failure.temporary(
          "Cannot listen on %s port %d: %s"
              .formatted(
                  String.join(" ", settings.ssh().listen()), settings.ssh().port(), Reason.of(e)),
          e);
    } finally {
      if (!listens) {
        sockets.forEach(SocketEndpoint::stopAccepting);
        scraped.close();
      }
    }
  }

  @Override
  public List<PartStatus> status() {
    return new VitalStatus(vitals()).parts();
  }

  private Vitals vitals() {
    Settings now = settings;
    return new Vitals(
        software,
        started,
        loaded,
        now,
        port,
        metricsAddress,
        sessions.figures(),
        endpoint.figures(),
        budget.all(),
        backendHealth,
        workPlace.supervisor(now),
        workPlace.workers(),
        authorizedKeys,
        executor);
  }

  /** Rehearses the usual commands if that is wanted, and is of use: not for worker processes. */
  void rehearse() {
    if (settings.work().rehearses() && !workPlace.hasProcesses(settings)) {
      rehearsal.start();
    }
  }

  private boolean isBusy() {
    return sessions.isBusy();
  }

  private void greetItself() throws Failure {
    SshConnections.hostKey(settings.ssh().listen().get(0), port);
  }

  /** For the log: where users' commands are carried out. */
  String workPlace() {
    return workPlace.text(settings);
  }

  /** Whether it opens mail with the rights that it runs with. */
  boolean opensMailItself() {
    return workPlace.hasNone(settings);
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  @Override
  public List<String> settings() {
    return settings.effective();
  }

  /**
   * Takes what can be changed while it runs from the configuration as it is now. When something of
   * it cannot be had, nothing is changed.
   */
  @Override
  public synchronized void reload() throws Failure {
    Settings next = FILE.readAgain(settings.file());
    Backends.Opened opened = backends.open(next);
    boolean taken = false;
    try {
      SshEndpoint.HostIdentity identity = identity(next.ssh());
      Worker worker = worker(next, opened.userdb());
      reloadOthers(next);
      site.become(worker, opened.passdb(), opened::close);
      taken = true;
      masters.become(masters(next));
      endpoint.identify(identity);
      endpoint.use(keys(next.keys(), authorizedKeys));
      passdbKeys.enable(next.keys().fromPassdb());
      journals.setRules(rules(next.journals()));
      settings = next;
      loaded = Instant.now();
      backendHealth = opened.health();
      LOG.info("The configuration was read anew");
    } finally {
      if (!taken) {
        opened.close();
      }
    }
  }

  /** The audit log and the supervisor; both or none of them. */
  private void reloadOthers(Settings next) throws Failure {
    audit.configure(next.audit().log(), next.audit().required());
    try {
      workPlace.reload(next);
    } catch (Failure e) {
      audit.configure(settings.audit().log(), settings.audit().required());
      throw e;
    }
  }

  /** Begins to stop; {@link #awaitEnd} returns when that is done. */
  @Override
  public void requestStop() {
    Thread stopping =
        new Thread(
            () -> {
              stop();
              ended.countDown();
            },
            "stop");
    stopping.start();
  }

  /** Waits until {@link #requestStop} has stopped it. */
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /** How long {@link #stop()} lets runs go on. */
  Duration shutdownTimeout() {
    return settings.shutdownTimeout();
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
    rehearsal.close();
    endpoint.stopAccepting();
    sockets.forEach(SocketEndpoint::stopAccepting);
    sessions.drain(patience);
    sockets.forEach(SocketEndpoint::stop);
    try {
      endpoint.stop();
    } catch (IOException e) {
      LOG.warn("The SSH connections cannot be closed: {}", Reason.of(e));
    }
    scraped.close();
    workPlace.close();
    terms.close();
    passdbKeys.close();
    backends.close();
  }
}
