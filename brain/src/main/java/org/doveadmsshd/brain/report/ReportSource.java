package org.doveadmsshd.brain.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.brain.journal.JournalIndex;
import org.doveadmsshd.brain.journal.JournalLine;
import org.doveadmsshd.brain.journal.JournalReader;
import org.doveadmsshd.brain.journal.UserEnd;

/** Journals that are read one after another, each twice: the last line about a user counts. */
final class ReportSource {
  private final List<Path> files;

  /** Takes users, whose lines are the last about them. */
  @FunctionalInterface
  interface Taker {
    void take(UserEnd end) throws IOException;
  }

  /**
   * @param files not empty
   */
  ReportSource(List<Path> files) {
    this.files = List.copyOf(files);
  }

  /**
   * Reads all of them.
   *
   * @param report counts all lines
   * @param taker takes each user once
   * @throws Failure when one cannot be read, or is no journal, with the exit code of {@link
   *     JournalReader#open}
   * @throws IOException when the taker throws it
   */
  void read(Report report, Taker taker) throws Failure, IOException {
    for (Path file : files) {
      read(file, report, taker);
    }
  }

  private static void read(Path file, Report report, Taker taker) throws Failure, IOException {
    JournalReader first = JournalReader.open(file);
    try (first;
        JournalIndex index = JournalIndex.of(first);
        JournalReader reader = JournalReader.open(file)) {
      report.begin(file.toString(), reader.header());
      JournalLine line;
      while (reader.position() < first.position() && (line = reader.next()) != null) {
        take(line, index, report, taker);
      }
    }
  }

  private static void take(JournalLine line, JournalIndex index, Report report, Taker taker)
      throws IOException {
    if (line instanceof JournalLine.User) {
      JournalLine.User user = (JournalLine.User) line;
      boolean isLast = index.isLast(user);
      report.ended(user.end(), isLast);
      if (isLast) {
        taker.take(user.end());
      }
    } else if (line instanceof JournalLine.Resumed) {
      report.resumed((JournalLine.Resumed) line);
    } else {
      report.ended((JournalLine.Ended) line);
    }
  }
}
