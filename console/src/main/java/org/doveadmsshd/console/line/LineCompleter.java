package org.doveadmsshd.console.line;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.doveadmsshd.base.Printable;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Offers JLine what a word may become. Wants lines of a {@link LineParser}. */
public final class LineCompleter implements Completer {
  private static final int MAX_DESCRIPTION = 60;

  /** Lines of a screen besides the list; a longer list is one of words without explanations. */
  private static final int OTHER_LINES = 4;

  /** How long names are waited for, as long as no key is pressed. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** How often it is looked whether they have come. */
  private static final long LOOK_NANOS = 10_000_000;

  private final Adviser adviser;
  private final Vocabulary vocabulary;
  private final Surroundings surroundings;
  private final Clock clock;

  /**
   * @param adviser is told what there is to say of names that are missing
   * @param clock says what day it is
   */
  LineCompleter(Adviser adviser, Vocabulary vocabulary, Surroundings surroundings, Clock clock) {
    this.adviser = adviser;
    this.vocabulary = vocabulary;
    this.surroundings = surroundings;
    this.clock = clock;
  }

  private Offers.Found offers(LineReader reader, TypedLine typed) {
    long begun = System.nanoTime();
    Offers.Found found = Offers.of(typed, vocabulary, surroundings, clock);
    while (found.isLate()
        && reader.getTerminal().reader().available() <= 0
        && System.nanoTime() - begun < PATIENCE.toNanos()) {
      LockSupport.parkNanos(LOOK_NANOS);
      found = Offers.of(typed, vocabulary, surroundings, clock);
    }
    return found;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    TypedLine typed = ((LineParser.Parsed) line).typed();
    Offers.Found found = offers(reader, typed);
    adviser.note(line.line(), line.cursor(), found.note());
    boolean explains = found.all().size() < reader.getTerminal().getRows() - OTHER_LINES;
    int order = 0;
    for (Offer offer : found.all()) {
      String description = explains ? Printable.line(offer.description(), MAX_DESCRIPTION) : "";
      candidates.add(
          new Candidate(
              offer.text(),
              offer.text(),
              null,
              description.isEmpty() ? null : description,
              null,
              null,
              offer.isWhole(),
              order++));
    }
  }
}
