package org.doveadmsshd.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.command.PartStatus;
import org.doveadmsshd.command.ServerContext.Activity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What the log says when memory has run out, and what becomes of the process. */
class LastWordsTest {
  private static final Logger ROOT =
      (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private static final org.slf4j.Logger SOMEBODY = LoggerFactory.getLogger("org.example");

  @TempDir Path directory;
  private final ListAppender<ILoggingEvent> seen = new ListAppender<>();
  private final List<Activity.ActiveSession> underWay = new ArrayList<>();
  private final MemoryBudget budget = new MemoryBudget(1024 * 1024);
  private Thread.UncaughtExceptionHandler before;

  @BeforeEach
  void watch() {
    before = Thread.getDefaultUncaughtExceptionHandler();
    LastWords.watch(new Doing(underWay), budget);
    seen.start();
    ROOT.addAppender(seen);
  }

  @AfterEach
  void stopWatching() {
    Thread.setDefaultUncaughtExceptionHandler(before);
    ROOT.detachAppender(seen);
    List<Appender<ILoggingEvent>> watching = new ArrayList<>();
    for (Iterator<Appender<ILoggingEvent>> each = ROOT.iteratorForAppenders(); each.hasNext(); ) {
      watching.add(each.next());
    }
    watching.stream().filter(LastWords.class::isInstance).forEach(ROOT::detachAppender);
  }

  /** A server that does what a list says. */
  private record Doing(List<ActiveSession> activeSessions) implements Activity {
    @Override
    public List<PartStatus> status() {
      throw new AssertionError();
    }

    @Override
    public List<ActiveSession> slow(Predicate<ActiveSession> which, Rate rate) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<ActiveSession> kick(Predicate<ActiveSession> which) {
      throw new AssertionError();
    }

    @Override
    public List<String> settings() {
      throw new AssertionError();
    }

    @Override
    public void reload() {
      throw new AssertionError();
    }

    @Override
    public void stop() {
      throw new AssertionError();
    }
  }

  private static Activity.ActiveSession entry(int id, String doing) {
    return new Activity.ActiveSession(
        "" + id, "run", "admin", "192.0.2.7", 12, 345, 6, doing, java.util.OptionalLong.empty());
  }

  private List<String> said() {
    return seen.list.stream()
        .filter(event -> event.getLoggerName().equals(LastWords.class.getName()))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void anErrorOfMemoryInTheLogIsFollowedByWhatWasUnderWay() throws Exception {
    underWay.add(entry(7, "fetch -A text all"));
    underWay.add(entry(8, ""));
    MemoryBudget.Share share = budget.all().share(500_000).named("run 7");
    share.force(300 * 1024);
    SOMEBODY.error("A request failed", new OutOfMemoryError("Java heap space"));
    assertThat(said().get(0))
        .startsWith("Memory has run out on thread " + Thread.currentThread().getName() + ";")
        .contains("DOVEADM_SSHD_MEMORY");
    assertThat(said().subList(1, 4))
        .containsExactly(
            "Under way: run 7 of admin from 192.0.2.7 for 12 s, 345 users done: fetch -A text all",
            "Under way: run 8 of admin from 192.0.2.7 for 12 s, 345 users done: nothing",
            "Held: 300 KiB by run 7");
    assertThat(said()).hasSize(4);
  }

  @Test
  void itIsFoundBehindOtherExceptionsToo() {
    SOMEBODY.warn(
        "x", new IllegalStateException(new IOException(new OutOfMemoryError("Java heap space"))));
    assertThat(said()).hasSize(1);
  }

  @Test
  void whatHasNothingToDoWithMemoryIsNotCommented() {
    SOMEBODY.error("x");
    SOMEBODY.error("x", new IllegalStateException(new StackOverflowError()));
    assertThat(said()).isEmpty();
  }

  @Test
  void errorsThatComeTogetherAreCommentedOnce() {
    for (int i = 0; i < 5; i++) {
      SOMEBODY.error("x", new OutOfMemoryError("Java heap space"));
    }
    assertThat(said()).hasSize(1);
  }

  @Test
  void aLongListIsCutAndSoIsALongCommand() {
    for (int i = 0; i < 25; i++) {
      underWay.add(entry(i, "search " + "x".repeat(1000)));
    }
    SOMEBODY.error("x", new OutOfMemoryError("Java heap space"));
    assertThat(said()).hasSize(22).allMatch(line -> line.length() < 400);
    assertThat(said().get(21)).isEqualTo("Under way: 5 more");
  }

  @Test
  void aCommandOfSeveralLinesStaysOneLineOfTheLog() {
    underWay.add(entry(1, "search subject a\nERROR forged\u001b[2J"));
    SOMEBODY.error("x", new OutOfMemoryError("Java heap space"));
    assertThat(said().get(1)).doesNotContain("\n").doesNotContain("\u001b");
  }

  @Test
  void aThreadThatEndsByAnotherFaultIsNamedAndTheProcessGoesOn() throws Exception {
    Thread thread =
        new Thread(
            () -> {
              throw new IllegalStateException("a fault");
            },
            "doomed");
    thread.start();
    thread.join();
    assertThat(said()).containsExactly("Thread doomed ended by a fault of the program");
    assertThat(seen.list.get(0).getThrowableProxy().getMessage()).isEqualTo("a fault");
  }

  /** A process with a thread of its own that ends by lack of memory. */
  static final class Victim {
    private Victim() {}

    /** Stays for ever unless it is ended. */
    public static void main(String[] arguments) throws Exception {
      LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
      context.getLogger("org.example").info("It begins");
      LastWords.watch(
          new Doing(List.of(entry(3, "fetch -A text all"))), new MemoryBudget(1024 * 1024));
      new Thread(
              () -> {
                throw new OutOfMemoryError("Java heap space");
              },
              "accept")
          .start();
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  @Test
  @Timeout(60)
  void aThreadOfTheServerThatEndsByLackOfMemoryEndsTheProcess() throws Exception {
    Path error = directory.resolve("error");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(error.toFile())
            .start();
    assertThat(process.waitFor()).isEqualTo(LastWords.EXIT_CODE).isEqualTo(3);
    assertThat(Files.readString(error))
        .containsSubsequence(
            "Memory has run out on thread accept",
            "Under way: run 3 of admin",
            "A thread of the server itself was hit; the server ends");
  }
}
