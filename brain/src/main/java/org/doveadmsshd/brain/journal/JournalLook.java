package org.doveadmsshd.brain.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.command.Runs;

/** A journal that is looked at, perhaps while it is written. It reads on from where it was. */
final class JournalLook implements Runs.Look {
  private final Path file;
  private final JournalDirectory directory;
  private final JournalReader reader;
  private final JournalIndex index;
  private JournalLine last;

  JournalLook(Path file, JournalDirectory directory) throws Failure {
    this.file = file;
    this.directory = directory;
    this.reader = JournalReader.open(file);
    this.index = new JournalIndex(reader.header().eachServer());
  }

  @Override
  public Runs.Kept now() throws Failure {
    boolean written = directory.isWritten(file); // before it is read: else its end were missed
    Optional<JournalLine.Ended> end =
        written || last != null ? Optional.empty() : JournalReader.endOf(file);
    if (end.isEmpty()) {
      readOn();
    }
    if (last instanceof JournalLine.Ended) {
      end = Optional.of((JournalLine.Ended) last);
    }
    JournalHeader header = reader.header();
    return new Runs.Kept(
        header.id(),
        state(written, end),
        String.join(" ", header.arguments()),
        header.master(),
        header.started(),
        header.now(),
        header.placement(),
        end.map(JournalLine.Ended::users).orElse((long) index.users()),
        end.map(JournalLine.Ended::failed).orElse((long) index.failed()));
  }

  private static Runs.State state(boolean written, Optional<JournalLine.Ended> end) {
    if (end.isPresent()) {
      return end.get().exitCode() == 0 && end.get().failed() == 0
          ? Runs.State.OK
          : Runs.State.FAILED;
    }
    return written ? Runs.State.RUNNING : Runs.State.BROKEN_OFF;
  }

  private void readOn() throws Failure {
    for (JournalLine line; (line = reader.next()) != null; ) {
      last = line;
      if (line instanceof JournalLine.User) {
        index.put((JournalLine.User) line);
      }
    }
  }

  @Override
  public void failures(Runs.FailureTaker taker) throws Failure, IOException {
    readOn();
    try (JournalReader again = JournalReader.open(file)) {
      for (JournalLine line; (line = again.next()) != null; ) {
        if (line instanceof JournalLine.User) {
          fail((JournalLine.User) line, taker);
        }
      }
    }
  }

  private void fail(JournalLine.User line, Runs.FailureTaker taker) throws Failure, IOException {
    UserEnd end = line.end();
    if (!end.outcome().isOk() && index.isLast(line)) {
      taker.take(end.user(), end.server(), end.outcome(), end.text());
    }
  }

  @Override
  public void close() {
    index.close();
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
