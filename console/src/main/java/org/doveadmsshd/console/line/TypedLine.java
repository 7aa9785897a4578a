package org.doveadmsshd.console.line;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.brain.CommandLine;
import org.doveadmsshd.brain.Word;
import org.doveadmsshd.command.Manual;

/**
 * A line that is being typed, read once from left to right: what each word is, and what may stand
 * at the cursor.
 *
 * @param words the words; none of a line that is longer than anybody types
 * @param roles of the words
 * @param places behind the words
 * @param call the command, once its name is complete
 * @param isStatement whether the line has a command that is not doveadm's
 * @param first the number of the first word that exec would read; no word's when there is none
 * @param values chosen with options, in order
 * @param current the number of the word that the cursor is in or at the end of; that of the next
 *     one when it is in none
 * @param expected what may stand in the place of the current word
 * @param begun the current word as far as the cursor; an empty one when there is none
 */
record TypedLine(
    List<Word> words,
    List<Role> roles,
    List<Place> places,
    Optional<Call> call,
    boolean isStatement,
    int first,
    List<Place.Value> values,
    int current,
    Expected expected,
    Word begun) {
  /** Longest line that is looked at; several that are pasted together are not either. */
  static final int MAX_LENGTH = 64 * 1024;

  /** What some type by habit. */
  private static final String PROGRAM = "doveadm";

  /**
   * A command in the line.
   *
   * @param behind the number of the word behind the name
   */
  record Call(Manual manual, int behind) {}

  TypedLine {
    places = List.copyOf(places);
    words = List.copyOf(words);
    roles = List.copyOf(roles);
    values = List.copyOf(values);
  }

  /** Reads a line; any text will do. */
  static TypedLine of(String line, int cursor, Vocabulary vocabulary) {
    boolean isOne = line.length() <= MAX_LENGTH && line.indexOf('\n') < 0;
    List<Word> words = isOne ? CommandLine.typed(line) : List.of();
    int current = 0;
    while (current < words.size() && words.get(current).end() < cursor) {
      current++;
    }
    Reader reader = new Reader(vocabulary);
    for (int i = 0; i < words.size(); i++) {
      reader.take(i, words.get(i).text());
    }
    int start = current < words.size() ? Math.min(words.get(current).start(), cursor) : cursor;
    int before = current == 0 ? 0 : words.get(current - 1).end();
    boolean isRead = line.substring(before, start).isBlank(); // not a comment, nor behind <<
    return new TypedLine(
        words,
        reader.roles,
        reader.places,
        reader.call,
        reader.statement,
        reader.first,
        reader.values,
        current,
        isRead ? reader.before(current).expected() : Expected.NOTHING,
        begun(line, cursor, start));
  }

  /** What has been read. */
  private static final class Reader {
    private final Vocabulary vocabulary;
    private final List<Role> roles = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();
    private final List<Place.Value> values = new ArrayList<>();
    private Place place;
    private Optional<Call> call = Optional.empty();
    private boolean statement;
    private int first;

    Reader(Vocabulary vocabulary) {
      this.vocabulary = vocabulary;
      this.place = new Place.BeforeCommand(vocabulary);
    }

    Place before(int number) {
      return number == 0 ? new Place.BeforeCommand(vocabulary) : places.get(number - 1);
    }

    void take(int number, String word) {
      if (number == 0 && word.equals(PROGRAM)) {
        roles.add(Role.COMMAND);
        first = 1;
      } else {
        Place.Step step = place.take(word);
        roles.add(step.role());
        step.value().ifPresent(values::add);
        note(number, step.next());
        place = step.next();
      }
      places.add(place);
    }

    /** Notes where the command of the line is, which may be that of a statement. */
    private void note(int number, Place next) {
      Place here = next;
      while (call.isEmpty() && here instanceof Place.InnerCommand) {
        first = place instanceof Place.InnerCommand ? first : number;
        here = ((Place.InnerCommand) here).inside();
      }
      if (call.isEmpty() && here instanceof Place.InCommand) {
        Manual manual = ((Place.InCommand) here).manual();
        if (vocabulary.isStatement(manual.name())) {
          statement = true;
          first = Integer.MAX_VALUE;
        } else {
          call = Optional.of(new Call(manual, roles.lastIndexOf(Role.COMMAND) + 1));
        }
      }
    }
  }

  private static Word begun(String line, int cursor, int start) {
    return CommandLine.typed(line.substring(start, cursor)).stream()
        .findFirst()
        .filter(word -> word.end() == cursor - start)
        .map(word -> new Word(word.text(), start, cursor, word.quote(), word.isOfShell()))
        .orElse(new Word("", cursor, cursor, (char) 0, false));
  }

  /** The number of the first word of a line whose command is not doveadm's. */
  int statement() {
    return words.get(0).text().equals(PROGRAM) ? 1 : 0;
  }

  /** Whether users are chosen in the line. */
  boolean choosesUsers() {
    return values.stream().anyMatch(TypedLine::choosesUsers);
  }

  private static boolean choosesUsers(Place.Value value) {
    return List.of("user", "all-users", "file").contains(value.option().name());
  }

  /** The user or mask that the line chooses; nothing when it chooses otherwise, or not at all. */
  Optional<String> user() {
    Optional<String> last = Optional.empty();
    for (Place.Value value : values) {
      boolean user = value.option().argument().map(a -> a.kind() == Kind.USER_MASK).orElse(false);
      last = user && value.option().name().equals("user") ? Optional.of(value.text()) : last;
    }
    return last;
  }
}
