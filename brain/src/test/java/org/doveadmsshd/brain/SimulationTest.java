package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs of the real brain on simulated servers with faults, each made of a seed: each user has one
 * outcome, which is true, and nothing is repeated that must not be. {@code -Dsimulation.seeds}
 * tries more seeds, from {@code -Dsimulation.first} on, {@code -Dsimulation.together} at a time.
 *
 * <p>The threads are real ones, so a seed decides what happens to whom, and not which thread is
 * quicker: what is checked holds in any order.
 */
class SimulationTest {
  private static final long SEEDS = Long.getLong("simulation.seeds", 2000);
  private static final long FIRST = Long.getLong("simulation.first", 1);
  private static final int TOGETHER = Integer.getInteger("simulation.together", 32);

  /** Every so many seeds the brain is killed, too: a journal waits for the disk. */
  private static final int KILLED = 10;

  /** Far longer than silence, absence and all patience together. */
  private static final int HANGING_SECONDS = 120;

  private static final int MOST_FAILURES = 5;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  @TempDir private Path directory;

  @AfterEach
  void stop() {
    threads.shutdown(); // lanes that are still ending may want a thread
  }

  /** Tries one seed. */
  private interface Trial {
    void of(long seed) throws Exception;
  }

  private void tryAll(int step, Trial trial) throws Exception {
    AtomicLong next = new AtomicLong(FIRST);
    ExecutorService runs = Executors.newFixedThreadPool(TOGETHER);
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < TOGETHER; i++) {
      all.add(runs.submit(() -> tryMany(next, step, trial)));
    }
    for (Future<?> each : all) {
      each.get();
    }
    runs.shutdown();
    assertThat(failures).isEmpty();
  }

  private void tryMany(AtomicLong next, int step, Trial trial) {
    long seed = next.getAndAdd(step);
    while (seed < FIRST + SEEDS && failures.size() < MOST_FAILURES) {
      try {
        trial.of(seed);
      } catch (Exception | AssertionError e) {
        failures.add("seed %d (bin/simulate 1 %d): %s".formatted(seed, seed, e));
      }
      seed = next.getAndAdd(step);
    }
  }

  /** Waits for the end of a run. What is wrong is said together with the simulation. */
  private void check(Simulation simulation, Callable<Integer> run, boolean isResumed)
      throws Exception {
    try {
      int code = threads.submit(run).get(HANGING_SECONDS, TimeUnit.SECONDS);
      new Verdict(simulation, code).check(isResumed);
    } catch (TimeoutException e) {
      throw new AssertionError("it does not end\n" + simulation + "\n" + simulation.said(), e);
    } catch (Exception | AssertionError e) {
      throw new AssertionError(e + "\n" + simulation + "\n" + simulation.said(), e);
    }
  }

  @Test
  void eachUserHasOneOutcomeThatIsTrueWhateverHappens() throws Exception {
    tryAll(
        1,
        seed -> {
          try (Simulation simulation = new Simulation(seed, threads)) {
            check(simulation, simulation::run, false);
          }
        });
  }

  @Test
  void aRunThatIsKilledAndResumedAsksNobodyAgainWhoIsWrittenDownAsDone() throws Exception {
    tryAll(KILLED, this::killAndResume);
  }

  private void killAndResume(long seed) throws Exception {
    Path own = Files.createDirectory(directory.resolve("seed" + seed));
    try (Simulation simulation = new Simulation(seed, threads, own)) {
      Future<Integer> first = threads.submit(simulation::run);
      first.get(HANGING_SECONDS, TimeUnit.SECONDS);
      if (simulation.isKilled()) { // else fewer users have ended
        check(simulation, simulation::resume, true);
      }
    } finally {
      remove(own);
    }
  }

  private static void remove(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path each : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(each);
      }
    }
  }
}
