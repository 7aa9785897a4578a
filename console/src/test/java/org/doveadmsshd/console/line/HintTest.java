package org.doveadmsshd.console.line;

import static org.assertj.core.api.Assertions.assertThat;

import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is said below the line. */
class HintTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      value = {
        "¦ → ''",
        "sea¦ → search <search query>: list matching mails by mailbox GUID and UID",
        "mailbox ¦ → cache, create, delete, list, metadata, mutf7, path, rename, status, subscribe,"
            + " unsubscribe, update",
        "mailbox re¦ → mailbox rename <old name> <new name>: rename a mailbox",
        "search -u ¦ → -u, --user <user>: this user, or all that match a mask with * or ?",
        "search --expl¦ → --explain: search nothing; show how it would be done",
        "search ¦ → <search key>: what must hold of a mail, e.g. mailbox INBOX unseen since 1week",
        "search savedbefore ¦ → savedbefore <date>: it came into the mailbox before that, e.g."
            + " savedbefore 30d",
        "search savedbefore¦ → savedbefore <date>: it came into the mailbox before that, e.g."
            + " savedbefore 30d",
        "mailbox rename a ¦ → <new name>: the name of a mailbox, e.g. INBOX",
        "search savedbefor 30d ¦ → Unknown search key: savedbefor (did you mean savedbefore?)",
        "search savedbefor¦ → <search key>: what must hold of a mail",
        "search since 3x unseen ¦ → Invalid date: 3x",
      })
  void itExplainsTheWordAtTheCursorOrNamesAMistake(String line, String hint) {
    Cursor cursor = Cursor.in(line);

    assertThat(new Adviser(Cursor.VOCABULARY, Village.OF_NOBODY).hint(cursor.text(), cursor.at()))
        .startsWith(hint);
  }

  @Test
  void whatIsTypedDoesNotDriveTheTerminal() {
    Cursor cursor = Cursor.in("search \u001b[2J\u202e ¦");

    assertThat(new Adviser(Cursor.VOCABULARY, Village.OF_NOBODY).hint(cursor.text(), cursor.at()))
        .startsWith("Unknown search key: \ufffd[2J")
        .doesNotContain("\u001b", "\u202e");
  }

  @Test
  void aNoteStandsUntilTheLineChanges() {
    Adviser adviser = new Adviser(Cursor.VOCABULARY, Village.OF_NOBODY);
    adviser.note("use al", 6, "not known yet");

    assertThat(adviser.hint("use al", 6)).isEqualTo("not known yet");
    assertThat(adviser.hint("use ali", 7)).isNotEqualTo("not known yet");
    assertThat(adviser.hint("use al", 6)).isNotEqualTo("not known yet");
  }

  @ParameterizedTest
  @EnumSource(Argument.Kind.class)
  void everyKindOfArgumentHasAMeaning(Kind kind) {
    assertThat(Meaning.of(kind.named("x")).text()).isNotBlank();
  }
}
