package org.doveadmsshd.console.line;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.brain.Word;
import org.jline.reader.Highlighter;
import org.jline.reader.LineReader;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/**
 * Colours a line as it is typed, with the eight colours that every terminal has. A mistake is
 * underlined also where there are no colours.
 */
public final class LineHighlighter implements Highlighter {
  private static final AttributedStyle PLAIN = AttributedStyle.DEFAULT;
  private static final AttributedStyle QUOTED = PLAIN.foreground(AttributedStyle.GREEN);

  private static final Map<Role, AttributedStyle> STYLES =
      new EnumMap<>(
          Map.of(
              Role.COMMAND, PLAIN.bold(),
              Role.OPTION, PLAIN.foreground(AttributedStyle.CYAN),
              Role.KEY, PLAIN.foreground(AttributedStyle.MAGENTA),
              Role.OPERATOR, PLAIN.foreground(AttributedStyle.YELLOW)));

  private final Surroundings surroundings;
  private final Adviser adviser;

  LineHighlighter(Adviser adviser, Surroundings surroundings) {
    this.adviser = adviser;
    this.surroundings = surroundings;
  }

  @Override
  public AttributedString highlight(LineReader reader, String line) {
    return highlight(line, reader.getBuffer().cursor());
  }

  /** The line as it is to be shown; no character more or less. */
  AttributedString highlight(String line, int cursor) {
    TypedLine typed = adviser.read(line, cursor);
    Optional<Mistake> mistake = adviser.mistake(typed);
    AttributedStringBuilder shown = new AttributedStringBuilder(line.length());
    int at = 0;
    for (int i = 0; i < typed.words().size(); i++) {
      Word word = typed.words().get(i);
      int number = i;
      boolean wrong = mistake.filter(each -> each.word() == number).isPresent();
      AttributedStyle style =
          surroundings.hasColours()
              ? style(typed.roles().get(i), line.charAt(word.start()))
              : PLAIN;
      shown.append(line, at, word.start());
      shown.styled(wrong ? wrong(style) : style, line.substring(word.start(), word.end()));
      at = word.end();
    }
    return shown.append(line, at, line.length()).toAttributedString();
  }

  private AttributedStyle wrong(AttributedStyle style) {
    AttributedStyle red = surroundings.hasColours() ? style.foreground(AttributedStyle.RED) : style;
    return red.underline();
  }

  private static AttributedStyle style(Role role, char first) {
    boolean quoted = first == '"' || first == '\'';
    return role == Role.ARGUMENT && quoted ? QUOTED : STYLES.getOrDefault(role, PLAIN);
  }
}
