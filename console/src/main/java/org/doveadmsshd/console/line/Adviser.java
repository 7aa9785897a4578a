package org.doveadmsshd.console.line;

import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.brain.Word;

/**
 * Reads a line again whenever a key has been pressed, and remembers what it has found. For one
 * thread at a time.
 */
final class Adviser {
  private final Vocabulary vocabulary;
  private final Surroundings surroundings;
  private String line;
  private int cursor;
  private TypedLine typed;
  private String note = "";
  private List<String> before = List.of();
  private Optional<Mistake> mistake = Optional.empty();

  Adviser(Vocabulary vocabulary, Surroundings surroundings) {
    this.vocabulary = vocabulary;
    this.surroundings = surroundings;
  }

  /** What there is to know of a line. */
  TypedLine read(String line, int cursor) {
    if (!line.equals(this.line) || cursor != this.cursor) {
      typed = TypedLine.of(line, cursor, vocabulary);
      this.line = line;
      this.cursor = cursor;
      note = "";
    }
    return typed;
  }

  /** Keeps nothing of a line that has been typed: a shell that is idle needs little. */
  void forget() {
    read("", 0);
    before = List.of();
    mistake = Optional.empty();
  }

  /** Has something said below the line until it changes. */
  void note(String line, int cursor, String text) {
    read(line, cursor);
    note = text;
  }

  /** The first mistake before the word at the cursor. */
  Optional<Mistake> mistake(TypedLine typed) {
    List<String> words = typed.words().stream().limit(typed.current()).map(Word::text).toList();
    if (!words.equals(before)) {
      mistake = Mistake.in(typed, surroundings);
      before = words;
    }
    return mistake;
  }

  /** What is said below the line: the note, or of the mistake, or of the word at the cursor. */
  String hint(String line, int cursor) {
    TypedLine typed = read(line, cursor);
    if (!note.isEmpty()) {
      return note;
    }
    Optional<Mistake> wrong = mistake(typed);
    return Printable.line(wrong.map(Mistake::sentence).orElseGet(() -> Hint.of(typed, vocabulary)));
  }
}
