package org.doveadmsshd.brain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Many simulations, some at a time.
 *
 * <p>The threads are real ones, so a seed decides what happens to whom, and not which thread is
 * quicker: what is checked holds in any order. A seed that fails is tried again some times, to say
 * how often it fails.
 */
final class Simulations {
  /** Far longer than silence, absence and all patience together. */
  private static final int HANGING_SECONDS = 120;

  private static final int MOST_FAILURES = 20;
  private static final int TRIES_AGAIN = 20;
  private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int LOOK_SECONDS = 10;

  private final Path directory;
  private final int together;
  private final Consumer<String> teller;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicLong directories = new AtomicLong();
  private final AtomicLong done = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  /**
   * @param directory where they write things down, each below a directory of its own
   * @param together how many there are at a time
   * @param teller hears at once what is wrong; called by several threads
   */
  Simulations(Path directory, int together, Consumer<String> teller) {
    this.directory = directory;
    this.together = together;
    this.teller = teller;
  }

  /**
   * Tries some seeds.
   *
   * @return what is wrong, with the seed; none when all is well
   */
  List<String> tryAll(long first, long count) throws InterruptedException, ExecutionException {
    AtomicLong next = new AtomicLong(first);
    ExecutorService runs = Executors.newFixedThreadPool(together);
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < together; i++) {
      all.add(runs.submit(() -> tryMany(next, first + count)));
    }
    for (Future<?> each : all) {
      each.get();
    }
    runs.shutdown();
    threads.shutdown(); // lanes that are still ending may want a thread
    return List.copyOf(failures);
  }

  private void tryMany(AtomicLong next, long end) {
    long seed = next.getAndIncrement();
    while (seed < end && failures.size() < MOST_FAILURES) {
      String failure = tryOne(seed);
      if (!failure.isEmpty()) {
        String found =
            "seed %d (bin/simulate 1 %d; %s): %s".formatted(seed, seed, again(seed), failure);
        failures.add(found);
        teller.accept(found);
      }
      done.incrementAndGet();
      seed = next.getAndIncrement();
    }
  }

  /** Tries a seed again and says how often it fails; one that hangs is not tried often. */
  private String again(long seed) {
    long begun = System.nanoTime();
    int tries = 0;
    int fails = 0;
    while (tries < TRIES_AGAIN && System.nanoTime() - begun < AGAIN_NANOS) {
      tries++;
      fails += tryOne(seed).isEmpty() ? 0 : 1;
    }
    return "it fails again %d times of %d".formatted(fails, tries);
  }

  /** Returns what is wrong; empty when all is well. */
  private String tryOne(long seed) {
    Path own = directory.resolve("seed%d-%d".formatted(seed, directories.incrementAndGet()));
    try {
      Files.createDirectory(own);
      try (Simulation simulation = new Simulation(seed, threads, own)) {
        return carryOut(simulation);
      } finally {
        remove(own);
      }
    } catch (Exception e) {
      return e.toString();
    }
  }

  private String carryOut(Simulation simulation) {
    try {
      int code = await(simulation::run);
      while (simulation.isKilled()) {
        code = await(simulation::resume);
      }
      new Verdict(simulation, code).check();
      return "";
    } catch (Exception | AssertionError e) {
      return "%s\n%s\n%s\n".formatted(e, simulation, simulation.said());
    }
  }

  private int await(Callable<Integer> run) throws Exception {
    try {
      return threads.submit(run).get(HANGING_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("it does not end", e);
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path each : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(each);
      }
    }
  }

  private void report(long begun) {
    double seconds = (System.nanoTime() - begun) / 1e9;
    System.out.printf(
        "%d seeds, %.0f s, %.1f a second, %d failed%n",
        done.get(), seconds, done.get() / seconds, failures.size());
  }

  /** Tries seeds and says how far it is: number, first one, how many at a time. */
  public static void main(String[] arguments) throws Exception {
    long count = Long.parseLong(arguments[0]);
    long first = Long.parseLong(arguments[1]);
    Path directory = Files.createTempDirectory("simulations");
    Simulations all =
        new Simulations(directory, Integer.parseInt(arguments[2]), System.out::println);
    long begun = System.nanoTime();
    var looks = Executors.newSingleThreadScheduledExecutor();
    looks.scheduleAtFixedRate(
        () -> all.report(begun), LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    List<String> failures = all.tryAll(first, count);
    looks.shutdown();
    all.report(begun);
    remove(directory);
    System.exit(failures.isEmpty() ? 0 : 1);
  }
}
