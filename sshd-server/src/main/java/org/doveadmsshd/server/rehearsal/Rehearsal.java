package org.doveadmsshd.server.rehearsal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.UserMail;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.FixedResources;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.posix.NamedCalls;
import org.doveadmsshd.server.local.LocalServer;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.compression.CompressionRules;
import org.doveadmsshd.worker.InProcessWork;
import org.doveadmsshd.worker.Worker;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.isolation.Isolation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays what is asked for most, on a {@link Stage}, until the JVM has compiled it: the first
 * command is then as fast as later ones. It has nothing of the site but memory: no users, no audit
 * log, no journals. Its threads have the lowest priority, and it waits while the server has
 * anything else to do.
 */
public final class Rehearsal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

  private static final Path IN_MEMORY = Path.of("/dev/shm");

  /** Until the mailboxes have been unchanged for long enough to be remembered. */
  private static final Duration SETTLED = Duration.ofMillis(2200);

  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration CLOSING = Duration.ofSeconds(5);
  private static final int LOWEST_PRIORITY = 19;
  private static final int LANES = 2;

  /** How many rounds go by between two changes. */
  private static final int ROUNDS_OF_READING = 3;

  private final MemoryBudget.Share memory;
  private final BooleanSupplier isBusy;
  private final Greeting greeting;
  private final Limit limit;
  private final Path place;
  private final ExecutorService executor = Executors.newCachedThreadPool(Rehearsal::thread);
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean started;
  private volatile boolean stopped;
  private volatile Running run;
  private volatile int rounds;

  /**
   * How long it goes on.
   *
   * @param rounds how often everything is played
   * @param time after which it ends in any case, pauses included
   */
  public record Limit(int rounds, Duration time) {
    /** Enough for what the JVM compiles best after ten thousand calls. */
    public static final Limit USUAL = new Limit(60, Duration.ofSeconds(45));
  }

  /** Connects to the server as a client does, up to the point where it would have to log in. */
  @FunctionalInterface
  public interface Greeting {
    void greet() throws Failure;
  }

  /** A command, and how often it is played in a round. */
  private record Piece(int times, List<String> words) {
    Piece(int times, String... words) {
      this(times, List.of(words));
    }
  }

  private static final List<Piece> READING =
      List.of(
          new Piece(2, "search", "-A", "mailbox", "INBOX", "seen"),
          new Piece(1, "search", "-A", "mailbox", "INBOX", "subject", "x"),
          new Piece(1, "search", "-A", "mailbox", "INBOX", "body", "nothing"),
          new Piece(1, "fetch", "-A", "uid date.received size.virtual", "mailbox", "INBOX"),
          new Piece(2, "mailbox", "status", "-A", "messages vsize", "*"),
          new Piece(1, "quota", "get", "-A"));

  private static final List<Piece> CHANGING =
      List.of(
          new Piece(1, "flags", "add", "-A", "\\Seen", "mailbox", "INBOX", "1"),
          new Piece(1, "save", "-u", "rehearsal0@localhost", "-m", "Trash"),
          new Piece(1, "expunge", "-A", "mailbox", "Trash", "before", "2100-01-01"));

  /**
   * @param memory what mailboxes and rows draw on
   * @param isBusy whether the server has anything else to do
   * @param greeting rehearses what comes before a login
   */
  public Rehearsal(MemoryBudget.Share memory, BooleanSupplier isBusy, Greeting greeting) {
    this(memory, isBusy, greeting, Limit.USUAL, place());
  }

  /** As above, with another limit, and in another place. */
  Rehearsal(
      MemoryBudget.Share memory,
      BooleanSupplier isBusy,
      Greeting greeting,
      Limit limit,
      Path place) {
    this.memory = memory;
    this.isBusy = isBusy;
    this.greeting = greeting;
    this.limit = limit;
    this.place = place;
  }

  private static Path place() {
    return Files.isWritable(IN_MEMORY) ? IN_MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
  }

  private static Thread thread(Runnable work) {
    Thread thread =
        new Thread(
            () -> {
              NamedCalls.call("setpriority", 0, 0, LOWEST_PRIORITY);
              work.run();
            },
            "rehearsal");
    thread.setDaemon(true);
    return thread;
  }

  /** Begins; returns at once. */
  public void start() {
    // The JDK makes its one thread for delays here: if one of ours made it, it would have their
    // priority.
    CompletableFuture.delayedExecutor(0, TimeUnit.NANOSECONDS, Runnable::run).execute(() -> {});
    started = true;
    executor.execute(this::run);
  }

  private void run() {
    long begun = System.nanoTime();
    try (Stage stage = Stage.in(place)) {
      rounds = play(stage, begun + limit.time().toNanos());
      if (!stopped) {
        System.gc(); // gives the system back the memory that it has taken
        long seconds = (System.nanoTime() - begun) / 1_000_000_000L;
        LOG.info("Ready: the usual commands were rehearsed {} times in {} s", rounds, seconds);
      }
    } catch (IOException e) {
      LOG.info("No rehearsal, so the first commands are slower: {}", Reason.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      executor.shutdown();
      over.countDown();
    }
  }

  /** Returns how many whole rounds there were. */
  private int play(Stage stage, long end) throws IOException, InterruptedException {
    Worker worker = worker(stage);
    for (int round = 0; round < limit.rounds(); round++) {
      if (round % ROUNDS_OF_READING == 0) {
        stage.fillTrash();
        if (!play(CHANGING, worker, end)) {
          return round;
        }
        greet();
        Encryption.rehearse();
        Thread.sleep(round == 0 ? SETTLED.toMillis() : 0);
      }
      if (!play(READING, worker, end)) {
        return round;
      }
    }
    return limit.rounds();
  }

  private void greet() {
    try {
      greeting.greet();
    } catch (Failure e) {
      LOG.debug("Connections are not rehearsed", e);
    }
  }

  /** Returns false when there is no more time. */
  private boolean play(List<Piece> pieces, Worker worker, long end)
      throws IOException, InterruptedException {
    for (Piece piece : pieces) {
      for (int i = 0; i < piece.times(); i++) {
        while (isBusy.getAsBoolean() && goesOn(end)) {
          Thread.sleep(PAUSE.toMillis());
        }
        if (!goesOn(end)) {
          return false;
        }
        play(piece.words(), worker);
      }
    }
    return true;
  }

  private boolean goesOn(long end) {
    return !stopped && System.nanoTime() < end;
  }

  /** As an execution of a client's command does it, but nobody reads what it puts out. */
  private void play(List<String> words, Worker worker) throws IOException {
    OutputStream nowhere = OutputStream.nullOutputStream();
    byte[] mail = "Subject: mail\n\nbody\n".getBytes(StandardCharsets.UTF_8);
    Console console =
        new Console(new ByteArrayInputStream(mail), nowhere, nowhere, false, Console.DEFAULT_WIDTH);
    Brain brain = new Brain(executor, Clock.systemDefaultZone(), new About("doveadm-sshd"));
    try (MemoryBudget.Share rows = memory.share(memory.most())) {
      brain.run(words, console, resources(worker, rows), this::begun);
    }
  }

  private void begun(Running begun) {
    run = begun;
    if (stopped) {
      begun.cancel();
    }
  }

  private Worker worker(Stage stage) {
    InProcessWork.MailDefaults defaults =
        new InProcessWork.MailDefaults(
            UserMail.at("maildir:~/Maildir"),
            Duration.ofSeconds(1),
            QuotaRules.of("count:User quota", List.of()).orElseThrow(),
            CompressionRules.NONE,
            true);
    return new Worker(
        stage.users(),
        new InProcessWork(
            name -> stage.users(), defaults, InProcessWork.turns(memory, ""), Isolation.NONE),
        (master, input, output) -> {
          throw new Failure(Outcome.NOT_FOUND, "No such command is rehearsed");
        },
        Audit.NONE);
  }

  private Brain.Resources resources(Worker worker, MemoryBudget.Share rows) {
    Master master = new Master("rehearsal", Scope.UNLIMITED, Login.NONE);
    return new FixedResources(List.of(new LocalServer(worker, master, LANES, executor)), rows);
  }

  /** How many whole rounds there have been, when it has ended. */
  int rounds() {
    return rounds;
  }

  /** Waits until it has ended and its directory has gone; false when it takes longer than that. */
  boolean awaitEnd(Duration patience) throws InterruptedException {
    return over.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends it, and waits until its directory has gone. */
  @Override
  public void close() {
    stopped = true;
    Running running = run;
    if (running != null) {
      running.cancel();
    }
    try {
      if (started) {
        awaitEnd(CLOSING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
