package org.doveadmsshd.console.line;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.Manual;

/**
 * A line in which {@code ¦} is the cursor.
 *
 * @param text without it
 */
record Cursor(String text, int at) {
  static final Vocabulary VOCABULARY =
      new Vocabulary(
          List.of(
              new Manual(
                  "watch",
                  Syntax.of(Kind.SPAN.named("time"), Kind.COMMAND.named("command")),
                  "again and again",
                  "",
                  List.of(),
                  false,
                  Access.READ),
              new Manual(
                  "use",
                  Syntax.of(Kind.USER_MASK.named("user")),
                  "for whom",
                  "",
                  List.of(),
                  false,
                  Access.READ)));

  static final Clock CLOCK = Clock.fixed(Instant.parse("2026-05-01T12:00:00Z"), ZoneOffset.UTC);

  static Cursor in(String line) {
    int at = line.indexOf('¦');
    return new Cursor(line.substring(0, at) + line.substring(at + 1), at);
  }

  TypedLine typed() {
    return TypedLine.of(text, at, VOCABULARY);
  }

  LineParser.Parsed parsed() {
    return new LineParser(VOCABULARY).parse(text, at, null);
  }

  List<Argument> arguments() {
    return typed().expected().leaves().stream()
        .map(Expected.Leaf::argument)
        .flatMap(Optional::stream)
        .toList();
  }

  /** What the current word may become, as it would be typed. */
  List<String> offered(Surroundings surroundings) {
    return Offers.of(typed(), VOCABULARY, surroundings, CLOCK).all().stream()
        .map(offer -> parsed().escape(offer.text(), offer.isWhole()).toString())
        .toList();
  }
}
