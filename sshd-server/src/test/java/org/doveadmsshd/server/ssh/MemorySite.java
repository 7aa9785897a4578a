package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.auth.EarlyDrop;
import org.doveadmsshd.auth.PassdbMasters;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.journal.JournalDirectory;
import org.doveadmsshd.command.PartStatus;
import org.doveadmsshd.command.ServerContext;
import org.doveadmsshd.keys.AuthorizedKeys;
import org.doveadmsshd.keys.RevokedKeys;
import org.doveadmsshd.keys.UserCertificates;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.worker.Worker;
import org.doveadmsshd.worker.Workers;

/**
 * A server made of this module's parts, on a port of loopback. Accounts, mail and the audit log are
 * in memory. Jane has two mails, Joe has one, Mary has none. The masters are {@code admin}, who may
 * do everything, and {@code helper}, who may look at the mail of users that begin with a j.
 */
public final class MemorySite implements AutoCloseable {
  /** Opens the server for admin. */
  public static final KeyPair ADMIN = key();

  /** Opens the server for helper. */
  public static final KeyPair HELPER = key();

  /** Opens nothing. */
  public static final KeyPair STRANGER = key();

  /** By which the server is known. */
  static final KeyPair HOST = key();

  static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");

  public final MemoryAccounts accounts = new MemoryAccounts();
  public final MemoryWork work = new MemoryWork(accounts);
  public final MemoryAudit audit = new MemoryAudit();
  public final PassdbMasters masters = new PassdbMasters(scopes(), accounts);
  public final MemoryBudget budget;
  public final Sessions sessions;
  final AuthorizedKeys authorized = new AuthorizedKeys("/nowhere/%u");
  final SshEndpoint endpoint;

  /** What the server as a whole was told to do. */
  final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();

  private final Map<String, List<String>> lines = new HashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "work");
            thread.setDaemon(true);
            return thread;
          });
  private final int port;

  /** What is to be done waits until this is over. */
  private volatile CountDownLatch held = new CountDownLatch(0);

  /** How a server is set up. */
  public static final class Plan {
    public Duration inputTimeout = Duration.ZERO;
    Duration shellIdleTimeout = Duration.ZERO;
    Optional<Path> shellHistory = Optional.empty();
    boolean scriptsAsk;
    public Duration writeTimeout = Duration.ZERO;
    public Duration loginTimeout = Duration.ofSeconds(60);
    public Duration failureDelay = Duration.ZERO;
    public EarlyDrop beforeLogin = EarlyDrop.parse("100");
    public int connections = 100;
    public int channels = 20;
    public long memory = 64 * 1024 * 1024;
    List<String> methods = List.of();
    Optional<JournalDirectory> journals = Optional.empty();
    Optional<Path> authorities = Optional.empty();
    Set<String> certificateCommands = Set.of();
    Optional<Path> revoked = Optional.empty();
    Workers workers;
  }

  public MemorySite() {
    this(plan -> {});
  }

  /** Starts a server that differs from the usual one. */
  public MemorySite(Consumer<Plan> changes) {
    Plan plan = new Plan();
    changes.accept(plan);
    budget = new MemoryBudget(plan.memory);
    MemoryBudget.Share memory = budget.all();
    Sessions.SessionSettings setting =
        new Sessions.SessionSettings(
            this::execute,
            Clock.fixed(NOW, ZoneOffset.UTC),
            2,
            "test 1.0",
            new Sessions.ClientRules(
                plan.inputTimeout,
                plan.shellIdleTimeout,
                plan.shellHistory,
                plan.scriptsAsk,
                plan.journals),
            memory.part(0.15));
    Workers workers = plan.workers == null ? Workers.always(worker()) : plan.workers;
    sessions = new Sessions(setting, masters, workers, audit);
    sessions.controlledBy(new Recorder());
    endpoint =
        new SshEndpoint(
            sessions,
            new SshEndpoint.HostIdentity(List.of(HOST), Optional.empty()),
            logins(plan),
            limits(plan),
            memory);
    authorize("admin", "", ADMIN);
    authorize("helper", "", HELPER);
    mail("jane", "one");
    mail("jane", "two");
    mail("joe", "three");
    try {
      port = endpoint.start(List.of("127.0.0.1"), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SshEndpoint.ConnectionLimits limits(Plan plan) {
    return new SshEndpoint.ConnectionLimits(
        plan.connections,
        plan.beforeLogin,
        EarlyDrop.parse("100"),
        plan.channels,
        plan.writeTimeout);
  }

  private SshEndpoint.Logins logins(Plan plan) {
    return new SshEndpoint.Logins(
        masters,
        new KeyAuthentication.KeySources(
            authorized,
            new UserCertificates(plan.authorities, plan.certificateCommands),
            new RevokedKeys(plan.revoked)),
        new SshEndpoint.LoginRules(plan.loginTimeout, plan.failureDelay, plan.methods),
        audit);
  }

  private static Map<String, Scope> scopes() {
    Set<String> looking = Set.of("search", "fetch", "user", "who", "kick");
    return Map.of(
        "admin", Scope.UNLIMITED, "helper", new Scope(List.of(new UserMask("j*")), looking));
  }

  static KeyPair key() {
    try {
      return KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What carries out requests in memory. */
  Worker worker() {
    return new Worker(
        accounts,
        work,
        (master, input, output) ->
            new ServerContext(
                master, masters, accounts, "maildir:~/Maildir", sessions, input, output),
        audit);
  }

  /** Notes what it is told, each as a word. */
  private final class Recorder implements Sessions.Control {
    @Override
    public List<PartStatus> status() {
      return List.of();
    }

    @Override
    public List<String> settings() {
      return List.of("port = 0", "host_key = memory");
    }

    @Override
    public void reload() {
      told.add("reload");
    }

    @Override
    public void requestStop() {
      told.add("stop");
    }
  }

  /** Puts a mail into a user's INBOX. */
  void mail(String user, String subject) {
    mail(user, subject, "Body of " + subject + "\n");
  }

  void mail(String user, String subject, String body) {
    String text = "Subject: " + subject + "\n\n" + body;
    work.mail(user).add("INBOX", text, Flags.NONE, NOW.getEpochSecond() - 60);
  }

  /** The masters from now on, and what they may do. */
  void rule(Map<String, Scope> scopes) {
    masters.become(new PassdbMasters(scopes, accounts));
  }

  /** Lets a key in besides those that are let in. */
  void authorize(String master, String options, KeyPair key) {
    String line = (options + " " + PublicKeyEntry.toString(key.getPublic())).strip();
    lines.computeIfAbsent(master, name -> new ArrayList<>()).add(line);
    authorized.also(lines);
  }

  /** Lets a key in, and no other of that master. */
  void authorizeOnly(String master, String options, KeyPair key) {
    lines.remove(master);
    authorize(master, options, key);
  }

  public int port() {
    return port;
  }

  private void execute(Runnable work) {
    CountDownLatch gate = held;
    threads.execute(
        () -> {
          try {
            gate.await();
            work.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server has been closed
          }
        });
  }

  /**
   * Has runs and lanes wait for a thread, as on a machine that is busy, until they are let go on.
   */
  Runnable holdThreads() {
    CountDownLatch gate = new CountDownLatch(1);
    held = gate;
    return () -> {
      held = new CountDownLatch(0);
      gate.countDown();
    };
  }

  /** Takes no further work for runs and lanes; as when the last threads of a machine are used. */
  void endThreads() {
    threads.shutdown();
  }

  @Override
  public void close() throws IOException {
    endpoint.stop();
    threads.shutdownNow();
  }
}
