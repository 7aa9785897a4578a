package org.doveadmsshd.brain.journal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.doveadmsshd.base.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a journal while its run goes on. Lanes hand in how users ended; one thread makes lines of
 * that, writes them in batches, and has the disk keep them five times a second. A lane waits while
 * many users wait to be written.
 */
public final class JournalWriter {
  private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
  private static final long KEPT_NANOS = 200_000_000;

  private final JournalFile file;
  private final int run;
  private final Function<UserEnd, Optional<Outcome>> before;
  private final Clock clock;
  private final Consumer<IOException> trouble;
  private final EndQueue queue = new EndQueue();
  private final CountDownLatch over = new CountDownLatch(1);
  private final LineBuffer buffer = new LineBuffer();
  private final JournalText text = new JournalText(buffer);

  private final AtomicLong added = new AtomicLong();
  private volatile int exitCode;

  /** Whether nobody needs what is still to be written. */
  private volatile boolean discarded;

  private volatile boolean failed;

  // of the thread that writes
  private long users;
  private long failures;
  private long keptAt = System.nanoTime();
  private boolean isKept = true;

  /** Lines that have not been written. */
  private static final class LineBuffer extends ByteArrayOutputStream {
    ByteBuffer take() {
      ByteBuffer lines = ByteBuffer.wrap(buf, 0, count);
      count = 0;
      return lines;
    }
  }

  /**
   * A new journal.
   *
   * @param trouble told once, by the thread that writes, when nothing more can be written
   */
  JournalWriter(JournalFile file, Clock clock, Consumer<IOException> trouble) throws IOException {
    this(file, 1, end -> Optional.empty(), new Tally(0, 0), clock, trouble);
  }

  /** As above, but goes on with the journal of an earlier run. */
  JournalWriter(JournalFile file, EarlierRun earlier, Clock clock, Consumer<IOException> trouble)
      throws IOException {
    this(file, earlier.nextRun(), earlier::before, earlier.tally(), clock, trouble);
  }

  private JournalWriter(
      JournalFile file,
      int run,
      Function<UserEnd, Optional<Outcome>> before,
      Tally tally,
      Clock clock,
      Consumer<IOException> trouble)
      throws IOException {
    this.file = file;
    this.run = run;
    this.before = before;
    this.users = tally.users();
    this.failures = tally.failed();
    this.clock = clock;
    this.trouble = trouble;
  }

  /** Begins to write what is handed in. */
  public void start(Executor executor) {
    executor.execute(this::write);
  }

  /** Writes down how a user ended; waits while many wait. */
  public void add(UserEnd end) {
    added.incrementAndGet();
    queue.put(end.withTextUpTo(JournalText.MAX_TEXT));
  }

  /** How many users have been handed in in this run. */
  public long users() {
    return added.get();
  }

  /** The file, for messages. */
  public Path path() {
    return file.path();
  }

  /** Writes the last line, and waits until all of it is on the disk. Then the file is closed. */
  public void end(int code) {
    exitCode = code;
    finish();
  }

  /** Removes the journal, as nobody needs it; what has not been written is left out. */
  public void discard() {
    discarded = true;
    finish();
    file.remove();
  }

  private void finish() {
    queue.close();
    boolean interrupted = false;
    while (true) {
      try {
        over.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    try {
      boolean ends;
      do {
        // without new lines the thread waits no longer than until the disk is to keep the old ones
        long left = keptAt + KEPT_NANOS - System.nanoTime();
        List<UserEnd> batch = queue.take(isKept ? -1 : Math.max(0, left));
        ends = queue.isFinished();
        write(batch, ends);
      } while (!ends);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      file.close();
      over.countDown();
    }
  }

  private void write(List<UserEnd> batch, boolean ends) {
    if (failed || discarded) {
      return;
    }
    try {
      for (UserEnd each : batch) {
        write(each);
      }
      if (ends) {
        text.ended(new JournalLine.Ended(run, clock.instant(), exitCode, users, failures));
      }
      text.flush();
      isKept &= batch.isEmpty() && !ends;
      file.write(buffer.take());
      if (!isKept && (ends || System.nanoTime() - keptAt >= KEPT_NANOS)) {
        file.keep();
        isKept = true;
        keptAt = System.nanoTime();
      }
    } catch (IOException e) {
      fail(e);
    } catch (RuntimeException e) { // the top of a thread: lanes would wait for ever
      LOG.error("A journal cannot be written by a fault of the program", e);
      fail(new IOException("a fault of the program", e));
    }
  }

  private void write(UserEnd end) throws IOException {
    Optional<Outcome> earlier = before.apply(end);
    users += earlier.isPresent() ? 0 : 1;
    failures -= earlier.isPresent() && !earlier.get().isOk() ? 1 : 0;
    failures += end.outcome().isOk() ? 0 : 1;
    text.user(run, end);
  }

  private void fail(IOException e) {
    failed = true;
    trouble.accept(e);
  }
}
