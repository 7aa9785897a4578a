package org.doveadmsshd.brain;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.brain.format.Formatters;

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
  private boolean mayReadFiles;
  private Patience patience = Patience.STANDARD;

  /** The run that was begun last. */
  private volatile Running running;

  /** From now on a person watches. */
  void watch() {
    isWatched = true;
  }

  /** From now on whatever is printed goes there. */
  void printTo(OutputStream to) {
    outTo = to;
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

  /** From now on runs wait so long for workers. */
  void setPatience(Patience patience) {
    this.patience = patience;
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
    Console console = new Console(input, outTo, errorTo, isWatched, false, Formatters.plain(80));
    Brain.Resources resources =
        new FixedResources(List.copyOf(servers), budget) {
          @Override
          public boolean mayReadFiles() {
            return mayReadFiles;
          }
        };
    return new Brain(threads, Clock.fixed(NOW, ZoneOffset.UTC), new About("doveadm"), patience)
        .run(List.of(words), console, resources, started -> running = started);
  }

  Running running() {
    return running;
  }

  /** Bytes of memory that are held. */
  long held() {
    return budget.all().held();
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
