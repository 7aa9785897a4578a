package org.doveadmsshd.console.line;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.options.Term;
import org.doveadmsshd.brain.CommandLine;
import org.doveadmsshd.brain.Word;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.storage.search.QueryGuide;
import org.junit.jupiter.api.Test;

/** Whatever is typed, wherever the cursor is: reading it never fails, and what it says is true. */
class LineFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyLineIsRead(FuzzedDataProvider data) {
    int cursor = data.consumeInt(0, 4_000);
    String line = data.consumeRemainingAsString();
    check(line, Math.min(cursor, line.length()));
  }

  @Test
  void linesOfWordsThatThereAreAreRead() {
    List<String> words = new ArrayList<>(List.of("(", ")", "OR", "'", "\"", "\\", "--", "-", "-u"));
    CommandCatalog.all().forEach(command -> words.add(command.name()));
    CommandCatalog.all()
        .forEach(command -> command.manual().options().forEach(o -> words.add("--" + o.name())));
    QueryGuide.keys().terms().stream().map(Term::name).forEach(words::add);
    QueryGuide.partKeys().terms().stream().map(Term::name).forEach(words::add);
    words.addAll(
        List.of("watch", "5s", "use", "help", "doveadm", "|", "30d", "\u001b[2J", "~", ""));
    Random random = new Random(4);
    for (int i = 0; i < 300; i++) {
      StringBuilder line = new StringBuilder();
      for (int length = random.nextInt(12); length >= 0; length--) {
        line.append(words.get(random.nextInt(words.size())));
        line.append(random.nextInt(8) == 0 ? "" : " ");
      }
      check(line.toString(), random.nextInt(line.length() + 1));
    }
  }

  private static void check(String line, int cursor) {
    TypedLine typed = TypedLine.of(line, cursor, Cursor.VOCABULARY);
    assertThat(typed.roles()).hasSameSizeAs(typed.words());
    int before = 0;
    for (Word word : typed.words()) {
      assertThat(word.start()).isBetween(before, word.end() - 1);
      before = word.end();
    }
    Mistake.in(typed, Village.OF_NOBODY)
        .ifPresent(mistake -> assertThat(mistake.word()).isLessThan(typed.current()));
    String hint = new Adviser(Cursor.VOCABULARY, Village.OF_NOBODY).hint(line, cursor);
    assertThat(Printable.line(hint)).isEqualTo(hint);
    assertThat(
            new LineHighlighter(new Adviser(Cursor.VOCABULARY, Village.OF_NOBODY), Village.OF_BOB)
                .highlight(line, cursor)
                .toString())
        .isEqualTo(line);
    checkOffers(line, cursor, typed);
  }

  /** What is put in its place is read as the word that was offered. */
  private static void checkOffers(String line, int cursor, TypedLine typed) {
    LineParser.Parsed parsed = new LineParser(Cursor.VOCABULARY).parse(line, cursor, null);
    for (Offer offer : Offers.of(typed, Cursor.VOCABULARY, Village.OF_BOB, Cursor.CLOCK).all()) {
      String put = parsed.escape(offer.text(), true).toString();
      String before = line.substring(0, cursor - parsed.rawWordLength());
      List<Word> words = CommandLine.typed(before + put);
      assertThat(words.get(words.size() - 1).text()).endsWith(offer.text());
    }
  }
}
