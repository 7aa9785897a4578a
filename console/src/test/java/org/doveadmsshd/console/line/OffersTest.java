package org.doveadmsshd.console.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.doveadmsshd.base.options.Term;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.storage.fetch.FetchFields;
import org.doveadmsshd.storage.search.QueryGuide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a word may become. */
class OffersTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      value = {
        "sea¦ → search",
        "mailbox ren¦ → rename",
        "us¦ → use user",
        "-¦ → --formatter -f --hide-titles -h --verbose -v --debug -D --setting -o",
        "-f ta¦ → tab table",
        "search --ex¦ → --explain",
        "search -u al¦ → alice Alina",
        "search -u p¦ → per\\ o\\'neil",
        "search -u 'p¦ → 'per",
        "search mailbox S¦ → Sent Sent\\ Mail",
        "search mailbox 'S¦ → 'Sent' 'Sent",
        "search savedb¦ → savedbefore",
        "search SAVEDB¦ → SAVEDBEFORE",
        "search not ( inth¦ → inthread",
        "search all o¦ → or old on older oldestonly",
        "search mimepart filen¦ → filename",
        "search mimepart filename b¦ → begins",
        "search since ¦ → 1d 1week 30d 2026-05-01",
        "search --timeout 3¦ → 30s",
        "fetch \"uid fl¦ → flags",
        "fetch fl¦ → flags",
        "fetch 'hdr¦ → 'hdr 'hdr.",
        "flags add \\\\Se¦ → \\\\Seen",
        "flags add \\Se¦ → \\\\Seen",
        "flags add se¦ → \\\\Seen",
        "flags add '\\Seen $F¦ → $Forwarded",
        "copy x us¦ → user",
        "use al¦ → alice Alina",
        "watch 5s sea¦ → search",
      })
  void whatBeginsSoIsOffered(String line, String offered) {
    assertThat(String.join(" ", Cursor.in(line).offered(Village.OF_BOB))).startsWith(offered);
  }

  @Test
  void everyCommandIsOffered() {
    List<String> offered = Cursor.in("¦").offered(Village.OF_BOB);

    for (Manual manual : CommandCatalog.manuals()) {
      assertThat(offered).contains(manual.name().split(" ")[0]);
    }
    assertThat(offered).contains("use", "watch").doesNotHaveDuplicates();
  }

  @Test
  void everySearchKeyIsOffered() {
    List<String> offered = Cursor.in("search ¦").offered(Village.OF_BOB);

    for (Term term : QueryGuide.keys().terms()) {
      String name = term.name().toLowerCase(Locale.ROOT);
      assertThat(offered.contains(name) || name.startsWith("<")).as(name).isTrue();
    }
  }

  @Test
  void everyFetchFieldIsOffered() {
    List<String> offered = Cursor.in("fetch ¦").offered(Village.OF_BOB);

    for (Term term : FetchFields.glossary().terms()) {
      int open = term.name().indexOf('<');
      assertThat(offered).contains(open < 0 ? term.name() : term.name().substring(0, open));
    }
  }

  @Test
  void mailboxesAreThoseOfTheUserWhoIsMeant() {
    assertThat(Cursor.in("search mailbox ¦").offered(Village.OF_BOB)).contains("bob");
    assertThat(Cursor.in("search -u carol mailbox ¦").offered(Village.OF_BOB))
        .contains("carol")
        .doesNotContain("bob");
    assertThat(Cursor.in("search mailbox ¦ -u carol").offered(Village.OF_BOB)).contains("carol");
  }

  @Test
  void ofSeveralUsersTheUsualMailboxesAreOffered() {
    for (String line : List.of("search -A mailbox ¦", "search -u '*' mailbox ¦")) {
      assertThat(Cursor.in(line).offered(Village.OF_BOB)).contains("Trash").doesNotContain("bob");
    }
    assertThat(Cursor.in("search mailbox ¦").offered(Village.OF_NOBODY)).contains("Trash");
  }

  @Test
  void keywordsAreThoseOfTheUserWhoIsMeantAndTheUsualOnes() {
    assertThat(Cursor.in("flags add -u carol ¦").offered(Village.OF_BOB))
        .contains("$Junk", "later-carol");
    assertThat(Cursor.in("search keyword ¦").offered(Village.OF_BOB)).contains("later-bob");
    assertThat(Cursor.in("search -A keyword ¦").offered(Village.OF_BOB))
        .contains("$Junk")
        .noneMatch(each -> each.startsWith("later"));
  }

  @Test
  void aNameThatWouldDriveTheTerminalIsNotOffered() {
    assertThat(Cursor.in("search -u e¦").offered(Village.OF_BOB)).isEmpty();
  }

  @Test
  void ofVeryManyNamesOnlyTheirBeginningIsOffered() {
    Surroundings town = townOf(10_000);

    assertThat(Cursor.in("search -u ci¦").offered(town)).containsExactly("citizen-1");
    assertThat(Cursor.in("search -u citizen-1¦").offered(town)).isEmpty();
    assertThat(Cursor.in("search -u citizen-1123¦").offered(town)).hasSize(10);
  }

  private static Surroundings townOf(int citizens) {
    List<String> names =
        IntStream.range(0, citizens).mapToObj(i -> "citizen-1%04d".formatted(i)).toList();
    return new Surroundings() {
      @Override
      public void check(List<String> words) {}

      @Override
      public Optional<String> user() {
        return Optional.empty();
      }

      @Override
      public boolean hasColours() {
        return false;
      }

      @Override
      public Names names() {
        return new Names() {
          @Override
          public Found users(String begin) {
            return new Found(names, "");
          }

          @Override
          public Found mailboxes(String user) {
            return Found.LATE;
          }

          @Override
          public Found keywords(String user) {
            return Found.LATE;
          }

          @Override
          public List<String> servers() {
            return List.of();
          }
        };
      }
    };
  }
}
