package org.doveadmsshd.base.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.options.Argument.Kind;
import org.junit.jupiter.api.Test;

class GlossaryTest {
  private static final Term.Group HEADER = new Term.Group("Header", "case does\nnot matter");
  private static final Term.Group SIZES = new Term.Group("Sizes", "");
  private static final Syntax TEXT = Kind.TEXT.named("text");

  private static Term term(String name, Syntax arguments, Term.Group group) {
    return new Term(name, arguments, "about " + name, name, group);
  }

  private static final Glossary GLOSSARY =
      new Glossary(
          List.of(
              term("TO", TEXT, HEADER),
              term("LARGER", Kind.SIZE.named("size"), SIZES),
              term("FROM", TEXT, HEADER),
              term("hdr.<name>", Syntax.NOTHING, HEADER),
              term("hdr.<name>.utf8", Syntax.NOTHING, HEADER),
              term("<set>", Syntax.NOTHING, SIZES)));

  private static String found(String word) {
    return GLOSSARY.find(word).map(Term::name).orElse("");
  }

  @Test
  void aWordIsFoundInWhateverCase() {
    assertThat(found("from")).isEqualTo("FROM");
    assertThat(found("Larger")).isEqualTo("LARGER");
    assertThat(found("fro")).isEmpty();
    assertThat(found("")).isEmpty();
    assertThat(found("<set>")).isEqualTo("<set>");
    assertThat(GLOSSARY.names()).isSorted().hasSize(6);
  }

  @Test
  void aWordOfAFamilyIsFoundByWhatSaysMostOfIt() {
    assertThat(found("hdr.subject")).isEqualTo("hdr.<name>");
    assertThat(found("HDR.Subject.UTF8")).isEqualTo("hdr.<name>.utf8");
    assertThat(found("hdr.<name>")).isEqualTo("hdr.<name>");
    assertThat(found("hdr.")).isEmpty();
  }

  @Test
  void theSummaryHasThoseTogetherThatTakeTheSame() {
    assertThat(GLOSSARY.summary())
        .isEqualTo(
            """
            Header  TO FROM <text>  hdr.<name> hdr.<name>.utf8
                    case does
                    not matter
            Sizes   LARGER <size>  <set>
            """);
  }

  @Test
  void theTableSaysWhatEachMeans() {
    assertThat(GLOSSARY.table())
        .isEqualTo(
            """
            Header
              TO <text>                     about TO
              FROM <text>                   about FROM
              hdr.<name>                    about hdr.<name>
              hdr.<name>.utf8               about hdr.<name>.utf8
              case does
              not matter

            Sizes
              LARGER <size>                 about LARGER
              <set>                         about <set>
            """);
  }

  @Test
  void longLinesAreBrokenBetweenTerms() {
    List<Term> many = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      many.add(term("NUMBER" + i, i % 7 == 0 ? TEXT : Syntax.NOTHING, SIZES));
    }
    String summary = new Glossary(many).summary();
    assertThat(summary.lines())
        .allMatch(line -> line.length() <= 90 && line.equals(line.stripTrailing()));
    assertThat(summary.lines().skip(1)).allMatch(line -> line.startsWith("       NUMBER"));
    assertThat(summary.split("[^A-Z0-9]+")).containsAll(many.stream().map(Term::name).toList());
  }

  @Test
  void whatIsTooLongForTheColumnHasALineOfItsOwn() {
    Term longest = term("X".repeat(40), Syntax.NOTHING, SIZES);
    assertThat(new Glossary(List.of(longest)).table())
        .isEqualTo(
            "Sizes\n  "
                + "X".repeat(40)
                + "\n"
                + " ".repeat(32)
                + "about "
                + "X".repeat(40)
                + "\n");
  }
}
