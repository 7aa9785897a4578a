package org.doveadmsshd.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Limits of the process that the tests run in; none that they need. */
class ResourceTest {
  private static List<String> limit(String name) throws Exception {
    String line =
        Files.readAllLines(Path.of("/proc/self/limits")).stream()
            .filter(each -> each.startsWith(name))
            .findFirst()
            .orElseThrow();
    return List.of(line.substring(name.length()).strip().split(" +")).subList(0, 2);
  }

  @Test
  void aLimitHoldsForGoodAndIsNeverRaised() throws Exception {
    Resource.CORE.limit(4096);
    Resource.CORE.limit(0);
    assertThat(limit("Max core file size")).containsExactly("0", "0");
    Resource.CORE.limit(4096);
    assertThat(limit("Max core file size")).containsExactly("0", "0");
  }

  @Test
  void eachIsTheSystems() throws Exception {
    long many = 1L << 60;
    Resource.FSIZE.limit(many);
    assertThat(limit("Max file size")).containsExactly("" + many, "" + many);
    Resource.CPU.limit(1_000_000_000); // with many the kernel would end the process at once
    assertThat(limit("Max cpu time")).containsExactly("1000000000", "1000000000");
    Resource.DATA.limit(many);
    assertThat(limit("Max data size")).containsExactly("" + many, "" + many);
  }
}
