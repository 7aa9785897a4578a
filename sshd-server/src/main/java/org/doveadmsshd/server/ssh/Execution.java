package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.server.session.ServerSession;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Life;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.journal.JournalDirectory;
import org.doveadmsshd.brain.journal.Journals;
import org.doveadmsshd.command.ServerContext;
import org.doveadmsshd.server.local.LocalServer;
import org.doveadmsshd.worker.Worker;
import org.doveadmsshd.worker.Workers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One command line from its beginning to its end. */
final class Execution implements Running {
  private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

  /** Commands that get through whatever others do: they say what goes on, and end it. */
  private static final Set<String> CONTROL =
      Set.of(
          "who",
          "kick",
          "slow",
          "runs",
          "status",
          "stop",
          "help",
          "--help",
          "version",
          "--version");

  /** About what a run holds besides rows: buffers, users that wait for a lane. */
  private static final long MEMORY = 192 * 1024;

  /** And for each lane: about what its request holds. */
  private static final long LANE_MEMORY = 80 * 1024;

  /** Rows of one run may take this fraction of the memory that is free. */
  private static final int SHARERS = 96;

  /** How long an end waits for a client that does not read. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  /** How long one of those commands waits for its client. */
  private static final Duration CONTROL_PATIENCE = Duration.ofSeconds(30);

  /** A run that has not ended so long after it was to loses its connection. */
  private static final Duration LATEST = Duration.ofSeconds(10);

  private final Sessions sessions;
  private final Client client;
  private final List<String> words;
  private final long id;
  private final long begun = System.nanoTime();
  private final CommandAccount account;
  private volatile Running run;

  /** Its place among the runs that work; null before it has one. */
  private volatile WorkingSlots.Slot place;

  private final Life<Phase> life = new Life<>(Phase.GOING);

  /** Why it was ended by others than its client; null when it was not. */
  private volatile String ended;

  /** How far it has come. */
  private enum Phase {
    GOING,
    /** It is to end: users under way end at their next checkpoint. */
    STOPPING,
    /** It has ended; its last words may be on their way. */
    OVER
  }

  /**
   * The client that has given the command.
   *
   * @param input what the command reads; nothing for one of a shell or script
   */
  record Client(ServerSession session, ChannelOutput output, Optional<ChannelInput> input) {}

  Execution(Sessions sessions, Client client, List<String> words) {
    this.sessions = sessions;
    this.client = client;
    this.words = words;
    this.id = sessions.nextId();
    this.account =
        new CommandAccount(
            sessions.audit(), client.session(), words.subList(1, words.size()), begun);
  }

  long id() {
    return id;
  }

  /** Carries it out; returns the exit code. */
  int run(Console console) throws IOException {
    int code = Outcome.CANCELLED.exitCode();
    String why = "the client has gone";
    boolean accounted = true;
    try {
      code = begin(console);
      why = "";
    } catch (RuntimeException | Error e) {
      why = "a fault of the program";
      throw e;
    } finally {
      accounted = account.ended(code, why);
    }
    if (!accounted) {
      return refuse(
          console,
          Outcome.TEMPORARY_FAILURE,
          "The server cannot account for this command (its audit log cannot be written)");
    }
    return code;
  }

  private int begin(Console console) throws IOException {
    Optional<Master> master = sessions.master(client.session());
    if (master.isEmpty()) {
      return refuse(
          console, Outcome.NO_PERMISSION, "You are not a master user of this server any more");
    }
    if (!sessions.begun(this)) {
      return refuse(console, Outcome.TEMPORARY_FAILURE, "The server is stopping");
    }
    try {
      return isControl() ? control(console, master.get()) : work(console, master.get());
    } catch (ChannelInput.StoppedException e) {
      return refuse(console, Outcome.TEMPORARY_FAILURE, e.getMessage());
    } finally {
      life.moveTo(Phase.OVER);
      sessions.ended(this);
    }
  }

  private boolean isControl() {
    return words.size() > 1 && CONTROL.contains(words.get(1));
  }

  private int control(Console console, Master master) throws IOException {
    Semaphore controlling = sessions.controlling();
    if (!controlling.tryAcquire()) {
      return refuse(
          console, Outcome.TEMPORARY_FAILURE, "Too many commands of this kind; try again later");
    }
    client.output().hurry(CONTROL_PATIENCE);
    try (MemoryBudget.Share memory = memory()) {
      return carryOut(console, master, memory);
    } finally {
      controlling.release();
    }
  }

  private int work(Console console, Master master) throws IOException {
    try (MemoryBudget.Share memory = memory();
        MemoryBudget.Share rows =
            sessions.setting().rows().oneOf(SHARERS).named("rows of run " + id)) {
      if (!memory.tryTake(MEMORY + LANE_MEMORY * sessions.setting().lanes() + ofWords())) {
        return refuse(
            console,
            Outcome.TEMPORARY_FAILURE,
            "The server has no memory for a further command; try again later");
      }
      try (WorkingSlots.Slot slot = sessions.slots().take(this::isStopping)) {
        if (slot == null) {
          return refuse(console, Outcome.TEMPORARY_FAILURE, ended == null ? "Stopped" : ended);
        }
        place = slot;
        client.output().toldTo(slot);
        client.input().ifPresent(input -> input.toldTo(slot));
        int code = carryOut(console, master, rows);
        if (ended != null) {
          say(console, ended);
        }
        return code;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return refuse(console, Outcome.TEMPORARY_FAILURE, "Stopped");
      }
    }
  }

  /** The line, the words, and what is noted of them. */
  private long ofWords() {
    return 4 * words.stream().mapToLong(String::length).sum();
  }

  private MemoryBudget.Share memory() {
    MemoryBudget.Share connection = CoalescingSession.of(client.session()).memory();
    return connection.share(connection.most()).named("run " + id);
  }

  private int carryOut(Console console, Master master, MemoryBudget.Share rows) throws IOException {
    try (Workers.Use use = sessions.workers().use()) {
      return sessions
          .brain()
          .run(
              words.subList(1, words.size()),
              console,
              resources(use.worker(), master, rows),
              this::started);
    }
  }

  private static int refuse(Console console, Outcome outcome, String why) throws IOException {
    say(console, why);
    return outcome.exitCode();
  }

  private static void say(Console console, String text) throws IOException {
    console.complain(text);
  }

  private Brain.Resources resources(Worker worker, Master master, MemoryBudget.Share rows) {
    Sessions.SessionSettings setting = sessions.setting();
    return new Brain.Resources() {
      @Override
      public List<Server> servers() throws Failure {
        return List.of(new LocalServer(worker, master, setting.lanes(), setting.executor()));
      }

      @Override
      public void checkHere(String command) throws Failure {
        sessions.audit().check();
        master.at(setting.clock().instant()).scope().checkCommand(command);
      }

      @Override
      public Optional<Journals> journals() {
        return setting.clients().journals().map(all -> journalsOf(master, all));
      }

      @Override
      public boolean mayReadFiles() {
        return false;
      }

      @Override
      public MemoryBudget.Share memory() {
        return rows;
      }
    };
  }

  /** What others' runs are about is as much seen as what they do now. */
  private Journals journalsOf(Master master, JournalDirectory all) {
    Scope scope = master.at(sessions.setting().clock().instant()).scope();
    return new Journals(
        all,
        master.name(),
        (other, command) -> scope.hasAllUsers(command) || scope.hasCommand(other, command),
        false);
  }

  private boolean isStopping() {
    return life.hasReached(Phase.STOPPING);
  }

  private void started(Running started) {
    run = started;
    if (isStopping()) {
      started.cancel();
    }
  }

  @Override
  public void slow(Rate rate) {
    Running running = run;
    if (running != null) {
      running.slow(rate);
    }
  }

  /** Its client wants it to end: users under way end at their next checkpoint. */
  @Override
  public void cancel() {
    life.moveTo(Phase.STOPPING);
    client.output().hurry(LAST_WORDS);
    client.input().ifPresent(input -> input.stop("Stopped"));
    Running running = run;
    if (running != null) {
      running.cancel();
    }
  }

  /**
   * Ends it, whatever it waits for.
   *
   * @param why in words for the client
   */
  void end(String why) {
    ended = why;
    client.input().ifPresent(input -> input.stop(why));
    cancel();
    CompletableFuture.delayedExecutor(
            LATEST.toMillis(), TimeUnit.MILLISECONDS, sessions.setting().executor())
        .execute(this::cutOff);
  }

  /** Why others than its client have ended it, if they have. */
  Optional<String> ended() {
    return Optional.ofNullable(ended);
  }

  /** For a client that, say, never ends an exchange of keys. */
  private void cutOff() {
    if (!life.hasReached(Phase.OVER)) {
      LOG.warn("A command does not end, its connection is closed");
      client.session().close(true);
    }
  }

  /** The client has been told, or is gone. */
  void closed() {
    sessions.told(this);
  }

  @Override
  public boolean isCancelled() {
    return isStopping();
  }

  @Override
  public void waits() {
    WorkingSlots.Slot held = place;
    if (held != null) {
      held.begins();
    }
  }

  @Override
  public void goesOn() {
    WorkingSlots.Slot held = place;
    if (held != null) {
      held.ends();
    }
  }

  @Override
  public long done() {
    Running running = run;
    return running == null ? 0 : running.done();
  }

  @Override
  public OptionalLong users() {
    Running running = run;
    return running == null ? OptionalLong.empty() : running.users();
  }

  @Override
  public long failed() {
    Running running = run;
    return running == null ? 0 : running.failed();
  }

  /** What {@code who} shows. */
  ServerContext.Activity.ActiveSession session() {
    return new ServerContext.Activity.ActiveSession(
        Long.toString(id),
        "run",
        client.session().getUsername(),
        Sessions.address(client.session()),
        (System.nanoTime() - begun) / 1_000_000_000L,
        done(),
        failed(),
        account.text(),
        users());
  }
}
