package org.doveadmsshd.system.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sequences of our commands and of what others do to a Maildir, at random: no mail is lost or
 * doubled, none gets another one's keywords or UID, and every mail is shown.
 *
 * <p>{@code -Dmodel.sequences=1000000} runs more of them, {@code -Dmodel.first=N} begins at another
 * one, {@code -Dmodel.steps=N,N,...} carries out the steps that a failure has named.
 */
class RandomMaildirTest {
  private static final long SEQUENCES = Long.getLong("model.sequences", 10_000);
  private static final long FIRST = Long.getLong("model.first", 0);

  /**
   * One sequence in this many is tried beside a Dovecot, too; each of its commands is a process.
   */
  private static final int BESIDE_DOVECOT = 100;

  private static final int THREADS = 2;
  private static final int MOST_FAULTS = 5;
  private static final int STEPS = 10;

  @TempDir static Path temporary;
  private static Path directory;

  @BeforeAll
  static void prepare() throws Exception {
    Path memory = Path.of("/dev/shm");
    directory =
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "doveadm-sshd-model")
            : temporary;
    Files.setPosixFilePermissions(
        directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    Rights.prepare();
    Ours.observe();
  }

  @AfterAll
  static void clear() throws Exception {
    Ours.stopObserving();
    if (!directory.equals(temporary)) {
      OutsideSteps.deleteTree(directory);
    }
  }

  @Test
  void whateverIsDoneToAMaildirNoMailIsLostDoubledOrTakenForAnother() throws Exception {
    run(SEQUENCES, false);
  }

  @Test
  void noneIsBesideADovecotEither() throws Exception {
    assumeTrue(Dovecot.isThere(), "no doveadm on this machine");
    run(Math.max(1, SEQUENCES / BESIDE_DOVECOT), true);
  }

  private static void run(long sequences, boolean besideDovecot) throws Exception {
    String steps = System.getProperty("model.steps");
    if (steps != null) {
      long[] numbers = Arrays.stream(steps.split(",")).mapToLong(Long::parseLong).toArray();
      assertThat(fault(numbers, besideDovecot, true)).isNull();
      return;
    }
    AtomicLong next = new AtomicLong(FIRST);
    ConcurrentHashMap<String, String> faults = new ConcurrentHashMap<>();
    List<Callable<Void>> work = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      work.add(
          () -> {
            long number;
            while ((number = next.getAndIncrement()) < FIRST + sequences
                && faults.size() < MOST_FAULTS) {
              String fault = fault(sequence(number), besideDovecot, false);
              if (fault != null && showsAgain(number, besideDovecot, fault)) {
                faults.put(
                    kind(fault),
                    "sequence " + number + ": " + shrunk(sequence(number), besideDovecot));
              }
            }
            return null;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (Future<Void> each : threads.invokeAll(work)) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(String.join("\n\n", faults.values())).isEmpty();
  }

  /**
   * Whether it is the sequence that shows the fault. Change times stand still for as long as a
   * virtual machine does, which can make a mailbox look settled that is not.
   */
  private static boolean showsAgain(long number, boolean besideDovecot, String fault) {
    for (int i = 0; i < 3; i++) {
      if (fault(sequence(number), besideDovecot, false) != null) {
        return true;
      }
    }
    System.err.println("sequence " + number + ", once in four times: " + fault);
    return false;
  }

  /** The first number is what it begins with. */
  private static long[] sequence(long number) {
    Random random = new Random(number);
    return random.longs(1 + random.nextInt(STEPS) + 3).toArray();
  }

  private static String kind(String fault) {
    return fault.lines().findFirst().orElse("").replaceAll("[0-9]+|\\[.*|t[0-9]+", "").strip();
  }

  /** What is wrong after some of the steps; null when nothing is. */
  private static String fault(long[] sequence, boolean besideDovecot, boolean tell) {
    Path home = directory.resolve("" + Thread.currentThread().getId() + "/home");
    World world = null;
    try {
      if (Files.exists(home)) {
        OutsideSteps.deleteTree(home);
      }
      Files.createDirectories(home.getParent());
      world = new World(home, new Random(sequence[0]), besideDovecot);
      world.log.add("begin: " + world.disk().mails());
      for (int i = 1; i < sequence.length; i++) {
        Step.take(world, sequence[i]);
      }
      end(world);
      return null;
    } catch (Throwable e) {
      StringWriter text = new StringWriter();
      text.append(String.valueOf(e.getMessage() == null ? e : e.getMessage())).append('\n');
      if (world != null) {
        world.log.forEach(line -> text.append("  ").append(line).append('\n'));
      }
      if (!(e instanceof ModelFault) || tell) {
        e.printStackTrace(new PrintWriter(text, true));
      }
      return text.toString();
    }
  }

  /** When all has been put right, all is there. */
  private static void end(World world) throws Exception {
    OutsideSteps.giveRightsBack(world);
    OutsideSteps.letLocksAge(world);
    if (world.damaged.isEmpty()) {
      Look.at(world);
      return;
    }
    for (String box : List.copyOf(world.damaged)) {
      if (world.presence(box) != Presence.NO) {
        world.listIsTouched(box);
        Ours.Result result = Rights.asUser(() -> world.ours.run(List.of("force-resync", box), ""));
        world.changed();
        if (!result.isDone()) {
          throw new ModelFault("force-resync failed: " + result);
        }
      }
    }
    world.damaged.clear();
    Look.at(world);
  }

  /** The same with as few steps as show a fault. */
  private static String shrunk(long[] sequence, boolean besideDovecot) {
    long[] least = sequence;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (int i = least.length - 1; i > 0; i--) {
        long[] without = new long[least.length - 1];
        System.arraycopy(least, 0, without, 0, i);
        System.arraycopy(least, i + 1, without, i, least.length - i - 1);
        if (fault(without, besideDovecot, false) != null) {
          least = without;
          smaller = true;
        }
      }
    }
    String numbers = Arrays.toString(least).replaceAll("[\\[\\] ]", "");
    return fault(least, besideDovecot, true) + "  -Dmodel.steps=" + numbers;
  }
}
