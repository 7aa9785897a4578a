package org.doveadmsshd.server.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.doveadmsshd.base.MemoryBudget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final int NICE = 16; // behind the name, in /proc/PID/stat

  @TempDir Path place;

  private final MemoryBudget budget = new MemoryBudget(16 * 1024 * 1024);
  private final AtomicInteger greetings = new AtomicInteger();

  private Rehearsal rehearsal(int rounds, Duration time, BooleanSupplier isBusy) {
    return new Rehearsal(
        budget.all(), isBusy, greetings::incrementAndGet, new Rehearsal.Limit(rounds, time), place);
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(place)) {
      return files.toList();
    }
  }

  private static void await(Rehearsal rehearsal) throws InterruptedException {
    assertThat(rehearsal.awaitEnd(LONG)).isTrue();
  }

  @Test
  void itLeavesNothingBehind() throws Exception {
    Rehearsal rehearsal = rehearsal(2, LONG, () -> false);
    rehearsal.start();
    await(rehearsal);
    assertThat(rehearsal.rounds()).isEqualTo(2);
    assertThat(greetings).hasValue(1);
    assertThat(left()).isEmpty();
    assertThat(budget.all().held()).isZero();
  }

  @Test
  void nothingIsPlayedWhileTheServerHasAnythingElseToDo() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Rehearsal rehearsal = rehearsal(1, Duration.ofMillis(500), () -> asked.incrementAndGet() > 0);
    rehearsal.start();
    await(rehearsal);
    assertThat(asked.get()).isPositive();
    assertThat(rehearsal.rounds()).isZero();
    assertThat(greetings).hasValue(0);
    assertThat(left()).isEmpty();
  }

  @Test
  void itGoesOnWhenTheServerHasNothingElseToDoAnyMore() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Rehearsal rehearsal = rehearsal(1, LONG, () -> asked.incrementAndGet() <= 3);
    rehearsal.start();
    await(rehearsal);
    assertThat(rehearsal.rounds()).isEqualTo(1);
  }

  @Test
  void closingEndsItAndLeavesNothingBehind() throws Exception {
    CountDownLatch playing = new CountDownLatch(1);
    Rehearsal rehearsal =
        rehearsal(
            1_000_000,
            LONG,
            () -> {
              playing.countDown();
              return false;
            });
    rehearsal.start();
    playing.await();
    rehearsal.close();
    await(rehearsal);
    assertThat(rehearsal.rounds()).isLessThan(1_000_000);
    assertThat(left()).isEmpty();
  }

  @Test
  void closingOneThatHasNotBegunWaitsForNothing() {
    rehearsal(1, LONG, () -> false).close();
  }

  @Test
  void whatAProcessThatWasKilledHasLeftIsRemovedAndNothingElse() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Path leftover = place.resolve("doveadm-sshd-rehearsal-" + ended.pid() + "-1");
    Files.createDirectories(leftover.resolve("a/b"));
    long own = ProcessHandle.current().pid();
    Path inUse = Files.createDirectory(place.resolve("doveadm-sshd-rehearsal-" + own + "-1"));
    Path other = Files.createFile(place.resolve("doveadm-sshd-rehearsal-" + ended.pid() + "-2"));
    Path outside = Files.createDirectory(place.resolve("outside"));
    Path link = place.resolve("doveadm-sshd-rehearsal-" + ended.pid() + "-3");
    Files.createSymbolicLink(link, outside);
    Rehearsal rehearsal = rehearsal(0, LONG, () -> false);
    rehearsal.start();
    await(rehearsal);
    assertThat(left()).containsExactlyInAnyOrder(inUse, other, outside, link);
  }

  @Test
  void whereThereIsNoPlaceForItThereIsNone() throws Exception {
    Rehearsal rehearsal =
        new Rehearsal(
            budget.all(),
            () -> false,
            () -> {},
            new Rehearsal.Limit(1, LONG),
            place.resolve("missing"));
    rehearsal.start();
    await(rehearsal);
    assertThat(rehearsal.rounds()).isZero();
  }

  @Test
  void itsThreadsHaveTheLowestPriorityAndNoOthersHave() throws Exception {
    List<String> during = new ArrayList<>();
    Rehearsal rehearsal =
        rehearsal(
            2,
            LONG,
            () -> {
              during.addAll(niceThreads());
              return false;
            });
    rehearsal.start();
    await(rehearsal);
    assertThat(during).isNotEmpty().containsOnly("rehearsal 19");
    assertThat(niceThreads()).allMatch(each -> each.startsWith("rehearsal "));
  }

  /** The threads of this process that have a low priority, each with it. */
  private static List<String> niceThreads() {
    List<String> found = new ArrayList<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      for (Path task : tasks.toList()) {
        String stat = Files.readString(task.resolve("stat"));
        String nice = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[NICE];
        if (Integer.parseInt(nice) > 0) {
          found.add(stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')) + " " + nice);
        }
      }
    } catch (IOException e) {
      // a thread that has just ended
    }
    return found;
  }
}
