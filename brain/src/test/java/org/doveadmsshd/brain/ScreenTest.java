package org.doveadmsshd.brain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.brain.progress.StatusLines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A screen that shows rows and progress. */
@Timeout(60)
class ScreenTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private void awaitOnScreen(String text) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    try {
      while (!screen.toString(UTF_8).contains(text)) {
        if (System.nanoTime() - end > 0) {
          throw new IOException("it never shows " + text);
        }
        Thread.sleep(5);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private String shown(OneLane.Work work, String... words) throws IOException {
    Console console = new Console(InputStream.nullInputStream(), screen, screen, true, 80);
    Brain.Resources resources =
        new FixedResources(
            List.of(new OneLane("s", List.of("joe", "jim"), work)),
            new MemoryBudget(16 * 1024 * 1024).all());
    new Brain(threads, Clock.systemUTC(), new About("doveadm"))
        .run(List.of(words), console, resources, run -> {});
    return screen.toString(UTF_8);
  }

  @Test
  void rowsTakeThePlaceOfProgress() throws Exception {
    String shown =
        shown(
            attempt -> {
              awaitOnScreen("search: ");
              OneLane.row(attempt);
            },
            "search",
            "-A",
            "all");
    assertThat(shown).startsWith("\rsearch: 0 users\r\r\u001b[Jjoe g 1\n");
    assertThat(shown).doesNotContainPattern("users[^\r\n]*joe|users[^\r\n]*jim");
  }

  @Test
  void aRowHasEndedWhenItsLineHas() throws Exception {
    Screen rows = new Screen(screen, new Reporter(screen, StatusLines.NONE, false, true, "fetch"));
    assertThat(rows.isAmidLine()).isFalse();
    rows.write("a row\nbegun".getBytes(UTF_8));
    assertThat(rows.isAmidLine()).isTrue();
    rows.write(new byte[0]);
    assertThat(rows.isAmidLine()).isTrue();
    rows.write('\n');
    assertThat(rows.isAmidLine()).isFalse();
    assertThat(screen.toString(UTF_8)).isEqualTo("a row\nbegun\n");
  }
}
