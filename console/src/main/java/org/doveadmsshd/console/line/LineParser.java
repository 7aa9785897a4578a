package org.doveadmsshd.console.line;

import java.util.List;
import org.doveadmsshd.brain.Word;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.Parser;

/**
 * Tells JLine what is to be completed: what stands between the beginning of the current word, or of
 * an element of a list, and the cursor. Any line is accepted when Enter is pressed; what is wrong
 * with it is said when it is carried out.
 */
public final class LineParser implements Parser {
  private final Vocabulary vocabulary;

  public LineParser(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  @Override
  public Parsed parse(String line, int cursor, ParseContext context) {
    return new Parsed(line, cursor, TypedLine.of(line, cursor, vocabulary));
  }

  /** Nothing but what {@link org.doveadmsshd.brain.CommandLine} knows escapes a character. */
  @Override
  public boolean isEscapeChar(char c) {
    return false;
  }

  /** A line with what has been read of it. */
  static final class Parsed implements CompletingParsedLine {
    private final String line;
    private final int cursor;
    private final TypedLine typed;
    private final Element element;

    Parsed(String line, int cursor, TypedLine typed) {
      this.line = line;
      this.cursor = cursor;
      this.typed = typed;
      Word begun = typed.begun();
      String raw = line.substring(begun.start(), Math.max(begun.start(), begun.end()));
      this.element =
          typed
              .expected()
              .first()
              .flatMap(Expected.Leaf::argument)
              .map(argument -> Element.of(argument, begun, raw))
              .orElse(Element.of(begun, raw));
    }

    TypedLine typed() {
      return typed;
    }

    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      return element.completed(candidate.toString(), complete);
    }

    @Override
    public int rawWordCursor() {
      return element.raw().length();
    }

    @Override
    public int rawWordLength() {
      return element.raw().length();
    }

    @Override
    public String word() {
      return element.text();
    }

    @Override
    public int wordCursor() {
      return element.text().length();
    }

    @Override
    public int wordIndex() {
      return typed.current();
    }

    @Override
    public List<String> words() {
      return typed.words().stream().map(Word::text).toList();
    }

    @Override
    public String line() {
      return line;
    }

    @Override
    public int cursor() {
      return cursor;
    }
  }
}
