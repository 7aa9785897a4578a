package org.doveadmsshd.worker.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.doveadmsshd.accounts.MailUser;
import org.junit.jupiter.api.Test;

/** What threads for one user each leave behind. */
class ThreadStackTest {
  private static final MailUser JANE = new MailUser("jane", Map.of());

  /** Locked memory of the process, in KiB. */
  private static long locked() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(each -> each.startsWith("VmLck:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("[^0-9]", ""));
  }

  private static int depth(int left) {
    return left == 0 ? 0 : 1 + depth(left - 1);
  }

  @Test
  void fewStacksAreKeptHoweverManyThreadsHaveHadThem() throws Exception {
    UserThreads threads = new UserThreads(user -> {}, true);
    long before = locked();
    long[] during = new long[1];
    for (int i = 0; i < 500; i++) {
      threads.run(JANE, () -> during[0] = locked());
    }
    assumeThat(during[0]).as("RLIMIT_MEMLOCK").isGreaterThan(before);
    // a thread that has ended may still be there when the next one is made
    assertThat(locked() - before).isLessThan(500 * 256 / 4);
  }

  @Test
  void noMemoryIsLockedUnlessThatIsWanted() throws Exception {
    long before = locked();
    long[] during = new long[1];
    new UserThreads(user -> {}, false).run(JANE, () -> during[0] = locked());
    assertThat(during[0]).isLessThanOrEqualTo(before);
  }

  @Test
  void aThreadGoesDeeperThanWhatIsKept() throws Exception {
    int[] reached = new int[1];
    new UserThreads(user -> {}, true).run(JANE, () -> reached[0] = depth(2_000));
    assertThat(reached[0]).isEqualTo(2_000);
  }
}
