package org.doveadmsshd.brain;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.brain.journal.JournalDirectory;
import org.doveadmsshd.brain.journal.JournalRules;
import org.doveadmsshd.brain.journal.Journals;
import org.doveadmsshd.brain.placement.Placement;
import org.doveadmsshd.brain.progress.StatusLines;
import org.doveadmsshd.brain.progress.TerminalStatus;

/** Command lines that are typed, and what is printed and said of them. */
final class Typed implements AutoCloseable {
  /** When they are typed. */
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger flushed = new AtomicInteger();
  private final ByteArrayOutputStream out =
      new ByteArrayOutputStream() {
        @Override
        public void flush() {
          flushed.incrementAndGet();
        }
      };
  private OutputStream outTo = out;
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private OutputStream errorTo = error;
  private MemoryBudget budget = new MemoryBudget(16 * 1024 * 1024);
  private boolean isWatched;
  private Optional<Console.Question> question = Optional.empty();
  private boolean mayReadFiles;
  private Patience patience = Patience.STANDARD;
  private Placement placement;
  private Optional<Journals> journals = Optional.empty();
  private Here here = command -> {};
  private Consumer<Running> begun = started -> {};

  /** The run that was begun last. */
  private volatile Running running;

  /** Whether what is carried out here may be. */
  interface Here {
    void on(String command) throws Failure;
  }

  /** From now on a person watches. */
  void watch() {
    isWatched = true;
  }

  private StatusLines status() {
    return isWatched
        ? new TerminalStatus(errorTo, () -> new StatusLines.Size(80, 24), false)
        : StatusLines.NONE;
  }

  /** From now on a person can be asked, and this answers. */
  void answer(Console.Question person) {
    question = Optional.of(person);
  }

  /** From now on whatever is printed goes there. */
  void printTo(OutputStream to) {
    outTo = to;
  }

  /** From now on nobody reads what is printed before the latch is open. */
  void readAfter(CountDownLatch reading) {
    outTo =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            await(reading);
            out.write(bytes, offset, length);
          }
        };
  }

  /** Waits, as a stream or a worker does that may be interrupted. */
  static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** From now on whatever is said goes there. */
  void sayTo(OutputStream to) {
    errorTo = to;
  }

  /** From now on there are so many bytes. */
  void setMemory(long bytes) {
    budget = new MemoryBudget(bytes);
  }

  /** From now on files may be named. */
  void allowFiles() {
    mayReadFiles = true;
  }

  /** From now on runs are written down there, for admin, who sees no others'. */
  void writeDownIn(Path directory, JournalRules rules) {
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    JournalDirectory all = new JournalDirectory(directory, rules, clock);
    journals = Optional.of(new Journals(all, "admin", (master, command) -> false, true));
  }

  /** From now on runs wait so long for workers. */
  void setPatience(Patience patience) {
    this.patience = patience;
  }

  /** From now on this says what may be carried out here. */
  void checkHere(Here check) {
    here = check;
  }

  /** From now on this hears of runs when they begin. */
  void whenBegun(Consumer<Running> taker) {
    begun = taker;
  }

  /** From now on users are where this says. */
  void place(Placement where) {
    placement = where;
  }

  /** On a thread that ends with the test. */
  void execute(Runnable task) {
    threads.execute(task);
  }

  /** Waits until the run has looked after its workers some times; it passes on output then. */
  void awaitLooks() {
    int enough = flushed.get() + 3;
    while (flushed.get() < enough) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Carries a line out on these servers. Returns the exit code. */
  int run(List<? extends Server> servers, String input, String... words) throws IOException {
    return run(servers, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), words);
  }

  int run(List<? extends Server> servers, InputStream input, String... words) throws IOException {
    Console console =
        new Console(input, outTo, errorTo, status(), false, Formatters.plain(80), question);
    Brain.Resources resources =
        new FixedResources(servers, budget.all()) {
          @Override
          public void checkHere(String command) throws Failure {
            here.on(command);
          }

          @Override
          public boolean mayReadFiles() {
            return mayReadFiles;
          }

          @Override
          public Placement placement(List<Server> servers) throws Failure {
            return placement == null ? super.placement(servers) : placement;
          }

          @Override
          public Optional<Journals> journals() {
            return journals;
          }
        };
    return new Brain(threads, Clock.fixed(NOW, ZoneOffset.UTC), new About("doveadm"), patience)
        .run(List.of(words), console, resources, this::begin);
  }

  private void begin(Running started) {
    running = started;
    begun.accept(started);
  }

  Running running() {
    return running;
  }

  /** Bytes of memory that are held. */
  long held() {
    return budget.all().held();
  }

  /** Bytes of memory that are free. */
  long free() {
    return budget.all().free();
  }

  String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String said() {
    return error.toString(StandardCharsets.UTF_8);
  }

  /** Forgets what was printed and said. */
  void clear() {
    out.reset();
    error.reset();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
