package org.doveadmsshd.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.Failure;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One user's INBOX of 50 mails, from opening to closing. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MaildirBenchmark {
  private static final int MAILS = 50;

  private Path home;

  /** Writes the mails. */
  @Setup
  public void write() throws IOException, Failure {
    home = Files.createTempDirectory("maildir-benchmark");
    for (String sub : List.of("cur", "new", "tmp")) {
      Files.createDirectories(home.resolve("Maildir").resolve(sub));
    }
    String mail = "Subject: benchmark\n\n" + "a line of the body of a mail\n".repeat(500);
    for (int i = 0; i < MAILS; i++) {
      String name = "%d.M1P1.host,S=%d:2,S".formatted(1_700_000_000 + i, mail.length());
      Files.writeString(home.resolve("Maildir/cur").resolve(name), mail);
    }
    InboxSearch.count(home, "all", true);
  }

  @Benchmark
  public int byFlagWithUids() throws Failure {
    return InboxSearch.count(home, "seen", true);
  }

  @Benchmark
  public int byDateWithoutUids() throws Failure {
    return InboxSearch.count(home, "before 30d", false);
  }

  @Benchmark
  public int byBody() throws Failure {
    return InboxSearch.count(home, "body needle", true);
  }
}
