package org.doveadmsshd.console.line;

import java.time.Clock;
import java.util.List;
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

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    TypedLine typed = ((LineParser.Parsed) line).typed();
    Offers.Found found = Offers.of(typed, vocabulary, surroundings, clock);
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
