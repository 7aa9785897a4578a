package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A server whose heap is full, in a process of its own. */
class OutOfMemoryTest {
  private static final String WAITING = "save -u user0001@example.com";

  @TempDir Path directory;

  private TestSite.Result child(String how) throws Exception {
    try (TestSite site = TestSite.withoutServer(directory, 1, "")) {
      Path java = Path.of(System.getProperty("java.home"), "bin", "java");
      List<String> words = new ArrayList<>(List.of(java.toString(), "-Xmx48m"));
      words.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
      words.addAll(List.of(directory.resolve("child").toString(), how));
      return site.exec(new byte[0], words.toArray(String[]::new));
    }
  }

  @Test
  void whenItHitsAThreadOfTheServerTheLogSaysWhatWasUnderWayAndTheServerEnds() throws Exception {
    TestSite.Result result = child("thread");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.error())
        .contains("Memory has run out on thread hog; the heap may have 48 MiB")
        .containsPattern("Under way: run \\d+ of admin from 127.0.0.1 .*: " + WAITING)
        .containsPattern("Held: \\d+ KiB by run \\d+\n")
        .containsPattern("Held: \\d+ KiB by the connection from /127.0.0.1:")
        .contains("the server ends");
  }

  @Test
  void whenItHitsOneRequestTheLogSaysSoAndTheServerGoesOn() throws Exception {
    TestSite.Result result = child("request");
    assertThat(result.code()).isZero();
    assertThat(result.error())
        .containsOnlyOnce("Memory has run out on thread hog")
        .containsPattern("Under way: run \\d+ of admin from 127.0.0.1 .*: " + WAITING)
        .doesNotContain("the server ends");
  }

  @Test
  void theHeapIsWhatTheEnvironmentSaysOrAPartOfTheMemoryThereIs() throws Exception {
    try (TestSite site = TestSite.withoutServer(directory, 1, "")) {
      String heap = "../bin/heap";
      assertThat(site.exec(new byte[0], heap, "NAME", "2G").lines()).containsExactly("-Xmx2G");
      assertThat(site.exec(new byte[0], heap, "NAME", "").out().strip())
          .isIn("-XX:MaxRAMPercentage=25", "-Xmx256m");
      TestSite.Result mistake = site.exec(new byte[0], heap, "NAME", "2 G -Dx");
      assertThat(mistake.code()).isEqualTo(78);
      assertThat(mistake.error()).isEqualTo("NAME: 2 G -Dx is no size such as 512M or 2G\n");
    }
  }

  /** A server with a run that waits for its input, whose memory then runs out. */
  static final class Child {
    public static void main(String[] arguments) throws Exception {
      TestSite site = new TestSite(Path.of(arguments[0]), 1);
      site.daemon.watchMemory();
      List<String> words = site.ssh("admin");
      words.add("doveadm " + WAITING);
      Process client = new ProcessBuilder(words).redirectErrorStream(true).start();
      while (!site.doveadm("who").out().contains(WAITING)) {
        Thread.onSpinWait();
      }
      Thread hog = new Thread(() -> fill(arguments[1].equals("request")), "hog");
      hog.start();
      hog.join();
      boolean served = site.doveadm("user user0001@example.com").code() == 0;
      client.destroy();
      Runtime.getRuntime().halt(served ? 0 : 1);
    }

    private static void fill(boolean isCaught) {
      try {
        List<byte[]> all = new ArrayList<>();
        int size = isCaught ? 1 << 30 : 512 * 1024; // too much for one thread, or for all
        while (true) {
          all.add(new byte[size]);
        }
      } catch (OutOfMemoryError e) {
        if (!isCaught) {
          throw e;
        }
        LoggerFactory.getLogger(Child.class).error("It failed by a fault of the program", e);
      }
    }
  }
}
