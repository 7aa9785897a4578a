package org.doveadmsshd.benchmark;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.FixedResources;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.journal.JournalDirectory;
import org.doveadmsshd.brain.journal.JournalRules;
import org.doveadmsshd.brain.journal.Journals;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.protocol.Column;

/**
 * How many users a second the brain gets through, and what it keeps in memory: {@code
 * BrainThroughput USERS SERVERS LANES RUNS COMMAND…} on servers that answer at once. Nothing is
 * written down, unless {@code --journal FILE} or {@code --resume FILE} stands before the command.
 */
public final class BrainThroughput {
  private static final long MEBIBYTE = 1024 * 1024;
  private static final long LINE_MILLIS = 1000;

  private final int users;
  private final int servers;
  private final int lanes;
  private final List<String> words;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final MemoryBudget budget = MemoryBudget.ofHeap();
  private final AtomicLong printed = new AtomicLong();

  /** Bytes that were left by the last collection of garbage, and the most that ever were. */
  private final AtomicLong live = new AtomicLong();

  private final AtomicLong most = new AtomicLong();
  private final AtomicReference<Running> running = new AtomicReference<>();

  private BrainThroughput(int users, int servers, int lanes, List<String> words) {
    this.users = users;
    this.servers = servers;
    this.lanes = lanes;
    this.words = words;
  }

  /** Prints a line each second, and one for each run. */
  public static void main(String[] arguments) throws Exception {
    int runs = Integer.parseInt(arguments[3]);
    List<String> words = List.of(arguments).subList(4, arguments.length);
    BrainThroughput throughput =
        new BrainThroughput(
            Integer.parseInt(arguments[0]),
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]),
            words);
    throughput.watchHeap();
    for (int run = 1; run <= runs; run++) {
      throughput.run(run);
    }
    System.exit(0);
  }

  private void run(int number) throws IOException, InterruptedException {
    running.set(null);
    long begun = System.nanoTime();
    long cpu = cpuNanos();
    Thread watch = new Thread(() -> watch(begun));
    watch.setDaemon(true);
    watch.start();
    Console console =
        new Console(InputStream.nullInputStream(), new Counting(), System.err, false, 80);
    int code =
        new Brain(executor, Clock.systemUTC(), new About("benchmark"))
            .run(words, console, new Fleet(), running::set);
    double seconds = (System.nanoTime() - begun) / 1e9;
    double micros = (cpuNanos() - cpu) / 1e3 / users;
    watch.interrupt();
    watch.join();
    System.out.printf(
        "run %d: %,d users/s, %.1f s, %.1f µs of CPU for a user, exit %d;"
            + " heap after a collection: %d MiB at most%n",
        number, Math.round(users / seconds), seconds, micros, code, most.get() / MEBIBYTE);
  }

  /** Of all threads, those that simulate servers and collect garbage among them. */
  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private void watch(long begun) {
    long before = 0;
    try {
      while (true) {
        Thread.sleep(LINE_MILLIS);
        Running run = running.get();
        long done = run == null ? 0 : run.done();
        System.out.printf(
            "%5.1f s %,9d users %,8d users/s  heap after a collection %4d MiB%n",
            (System.nanoTime() - begun) / 1e9, done, done - before, live.get() / MEBIBYTE);
        before = done;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the run has ended
    }
  }

  private void watchHeap() {
    for (GarbageCollectorMXBean each : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) each)
          .addNotificationListener(
              (notification, back) -> {
                if (notification.getUserData() instanceof CompositeData) {
                  collected((CompositeData) notification.getUserData());
                }
              },
              null,
              null);
    }
  }

  private void collected(CompositeData data) {
    long bytes = 0;
    for (var pool :
        GarbageCollectionNotificationInfo.from(data)
            .getGcInfo()
            .getMemoryUsageAfterGc()
            .entrySet()) {
      boolean isHeap = pool.getKey().matches(".*(Eden|Survivor|Old|Tenured).*");
      MemoryUsage usage = pool.getValue();
      bytes += isHeap ? usage.getUsed() : 0;
    }
    live.set(bytes);
    most.accumulateAndGet(bytes, Math::max);
  }

  /** Counts what is printed, and forgets it. */
  private final class Counting extends OutputStream {
    @Override
    public void write(int b) {
      printed.incrementAndGet();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      printed.addAndGet(length);
    }
  }

  /** Servers that share the users. */
  private List<Server> fleet() {
    List<Server> all = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      String name = "mail%03d.example.org".formatted(i);
      int share = users / servers + (i < users % servers ? 1 : 0);
      InstantServer server = new InstantServer(name, share, columns());
      all.add(new RemoteServer(name, server, List.of(UserMask.ALL), lanes, executor));
    }
    return all;
  }

  private List<Column> columns() {
    return words.contains("search")
        ? List.of(
            new Column("mailbox-guid", Column.HIDE_TITLE),
            new Column("uid", Column.HIDE_TITLE | Column.NUMBER))
        : List.of();
  }

  private final class Fleet extends FixedResources {
    Fleet() {
      super(fleet(), budget.all());
    }

    @Override
    public Optional<Journals> journals() {
      if (!words.contains("--journal") && !words.contains("--resume")) {
        return Optional.empty();
      }
      Path none = Path.of(System.getProperty("java.io.tmpdir"), "no-journals");
      JournalDirectory directory =
          new JournalDirectory(none, JournalRules.USUAL, Clock.systemUTC());
      return Optional.of(new Journals(directory, "benchmark", (master, command) -> true, true));
    }
  }
}
