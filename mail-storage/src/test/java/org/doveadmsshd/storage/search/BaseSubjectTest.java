package org.doveadmsshd.storage.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is left of a subject when threads are joined, as in Debian's Dovecot 2.3.19. */
class BaseSubjectTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "re: a|a",
        "RE: a|a",
        "Re:a|a",
        "re :a|a",
        "re  : a|a",
        "fw: a|a",
        "fwd: a|a",
        "fwd a|fwd a",
        "re[x]: a|a",
        "re [x] : a|a",
        "re[x][y]: a|re[x][y]: a",
        "re: re: re: a|a",
        "re: fwd: fw: a|a",
        "[a] b|b",
        "[a]b|b",
        "[a][b]c|c",
        "[a] [b] [c] d|d",
        "[a]|[a]",
        "[a] |[a]",
        "[a] [b]|[b]",
        "[a [b] c|[a [b] c",
        "[a] re: b|b",
        "[a] [b] re: c|c",
        "[a]re[b]:c|c",
        "re: [a] b|b",
        "re: [a]|[a]",
        "re: [a] re: b|b",
        "a (fwd)|a",
        "a(fwd)|a",
        "a (fwd) (FWD) |a",
        "(fwd) a|(fwd) a",
        "a (fwd) b|a (fwd) b",
        "a (fwd|a (fwd",
        "(fwd)a(fwd)|(fwd)a",
        "(fwd)|",
        "fwd)|fwd)",
        "re: (fwd)|",
        "re:|",
        "[fwd: a]|a",
        "[Fwd: re: a]|a",
        "[fwd: [fwd: a]]|a",
        "[fwd: a|[fwd: a",
        "[fwd:a]|a",
        "[fwd:]|",
        "[fwd: a] b|b",
        "[fwd: [a]]|[a]",
        "re: [fwd: a]|a",
        "[fwd: a (fwd)]|a",
        "[fwd: a] (fwd)|a",
        "[fwd: a]x|x",
        "x [fwd: a]|x [fwd: a]",
        "re|re",
        "re a|re a",
        "r|r",
        "regards: x|regards: x",
        "red: x|red: x",
        "fwde: x|fwde: x",
        "refund|refund",
        "a re: b|a re: b",
        "a  b|a b",
        "  a  |a",
        "a\tb|a b",
        "aw: a|aw: a",
        "sv: a|sv: a",
        "[a]: b|: b",
        "[]a|a",
        "[] a|a",
        "[a]] b|] b",
        "re:[a]:b|:b",
        "re[a: b|re[a: b",
        "re[a]b: c|re[a]b: c",
        "re (fwd): a|re (fwd): a",
        "[|[",
        "]|]",
        "[]|[]",
      })
  void answersForwardsAndListsHaveTheSubjectOfWhatTheyAnswer(String subject, String base) {
    String left = base == null ? "" : base.toUpperCase(Locale.ROOT);
    assertThat(BaseSubject.of(subject)).isEqualTo(left);
    assertThat(BaseSubject.of(left)).as("nothing more is left out of it").isEqualTo(left);
  }
}
