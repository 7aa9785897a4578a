package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.Flags;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of mailboxes, as odd as people give them. */
class MailboxNamesTest {
  private static final String LONG = "n".repeat(250);

  private final Stage stage = new Stage();

  /** A mailbox is made, filled, looked at, renamed and removed by its name. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Trash",
        "Größe",
        "Entw\u0075\u0308rfe", // decomposed
        "日本語",
        "Ελληνικά",
        "עברית",
        "emoji 📧",
        "a b",
        " lead",
        "trail ",
        "two  spaces",
        "R&D",
        "&",
        "&-",
        "&AOQ-",
        "it's",
        "quo\"te",
        "back\\slash",
        "semi;colon",
        "$(id)",
        "#1",
        "~x",
        "-x",
        "--all",
        "\u00a0",
        "tab\there",
        "1:*",
        "all",
        "(",
        "INBOX.Sub",
        "inbox.Sub",
        "INBOXES",
        "A.B.C.D.E.F",
        "<250 letters>"
      })
  void oneMailboxIsMeantAndNoOther(String odd) throws Exception {
    String name = odd.equals("<250 letters>") ? LONG : odd;
    stage.mail("Other", "other", Flags.NONE);
    assertThat(stage.run("mailbox", "create", "-s", "--", name)).isEqualTo(Outcome.OK);
    assertThat(stage.run("copy", "--", name, "mailbox", "Other", "all")).isEqualTo(Outcome.OK);
    stage.input = "Subject: own\n\n";
    assertThat(stage.run("save", "--mailbox=" + name)).isEqualTo(Outcome.OK);
    assertThat(stage.run("fetch", "--", "mailbox uid", "mailbox", name, "subject", "own"))
        .isEqualTo(Outcome.OK);
    assertThat(stage.rows).containsExactly(List.of(name, "2"));
    assertThat(stage.run("mailbox", "status", "messages", "--", name)).isEqualTo(Outcome.OK);
    assertThat(stage.rows).containsExactly(List.of(name, "2"));
    assertThat(stage.run("expunge", "--", "mailbox", name, "uid", "1")).isEqualTo(Outcome.OK);
    assertThat(stage.subjects(name)).containsExactly("own");
    assertThat(stage.run("mailbox", "list", "-s")).isEqualTo(Outcome.OK);
    assertThat(stage.column(0)).containsExactly(name);
    assertThat(stage.run("mailbox", "rename", "-s", "--", name, "To")).isEqualTo(Outcome.OK);
    assertThat(stage.run("mailbox", "rename", "-s", "--", "To", name)).isEqualTo(Outcome.OK);
    assertThat(stage.store.contents()).containsOnlyKeys("INBOX", "Other", name);
    assertThat(stage.run("mailbox", "delete", "-s", "--", name)).isEqualTo(Outcome.OK);
    assertThat(stage.store.contents()).containsOnlyKeys("INBOX", "Other");
    assertThat(stage.store.subscriptions()).isEmpty();
    assertThat(stage.subjects("Other")).containsExactly("other");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", ".a", "a..b", "a/b", "/", "../x", "a.", "<500 letters>"})
  void aNameThatNoMailboxCanHaveIsRefusedAndNothingChanges(String odd) {
    String name = odd.equals("<500 letters>") ? LONG + LONG : odd;
    stage.mail("Other", "other", Flags.NONE);
    Map<String, List<String>> before = stage.store.contents();
    boolean parent = odd.equals("a."); // a final separator asks for a parent, and is left out
    if (!parent) {
      assertThat(stage.run("mailbox", "create", name)).isEqualTo(Outcome.USAGE);
      assertThat(stage.error()).startsWith("Can't create mailbox " + Mailboxes.shown(name) + ": ");
    }
    assertThat(stage.run("mailbox", "rename", "Other", name)).isEqualTo(Outcome.USAGE);
    assertThat(stage.run("mailbox", "subscribe", "Good", name)).isEqualTo(Outcome.USAGE);
    assertThat(stage.run("mailbox", "path", name)).isEqualTo(Outcome.USAGE);
    assertThat(stage.run("save", "-m", name)).isEqualTo(Outcome.NOT_FOUND);
    assertThat(stage.run("copy", name, "mailbox", "Other", "all")).isEqualTo(Outcome.NOT_FOUND);
    assertThat(stage.run("search", "mailbox", name, "all")).isEqualTo(Outcome.NOT_FOUND);
    assertThat(stage.run("mailbox", "status", "messages", name)).isEqualTo(Outcome.NOT_FOUND);
    assertThat(stage.run("mailbox", "update", "--uid-validity", "7", name))
        .isEqualTo(Outcome.NOT_FOUND);
    assertThat(stage.run("force-resync", name)).isEqualTo(Outcome.NOT_FOUND);
    assertThat(stage.run("mailbox", "cache", "purge", name)).isEqualTo(Outcome.NOT_FOUND);
    assertThat(stage.store.contents()).isEqualTo(before);
    assertThat(stage.store.subscriptions()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"INBOX", "inbox", "Inbox", "iNbOx"})
  void inboxIsMeantInWhateverCase(String name) {
    stage.mail("INBOX", "one", Flags.NONE);
    stage.mail("Inbox.Sub", "sub", Flags.NONE);
    for (String line :
        List.of(
            "fetch mailbox mailbox %s all",
            "mailbox status messages %s", "search mailbox %s subject one")) {
      assertThat(stage.run(line.formatted(name).split(" "))).as(line).isEqualTo(Outcome.OK);
      assertThat(stage.rows).as(line).hasSize(1);
    }
    assertThat(stage.run("copy", name, "mailbox", name, "all")).isEqualTo(Outcome.OK);
    assertThat(stage.subjects("INBOX")).containsExactly("one", "one");
    for (String line :
        List.of("mailbox create %s", "mailbox delete %s", "mailbox rename Inbox.Sub %s")) {
      assertThat(stage.run(line.formatted(name).split(" "))).as(line).isEqualTo(Outcome.DATA_ERROR);
    }
    assertThat(stage.store.contents()).containsOnlyKeys("INBOX", "Inbox.Sub");
  }

  /** Behind {@code mailbox} there are masks; elsewhere a star is a letter like others. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "* | INBOX A A.B A.B.C AB a",
        "% | INBOX A AB a",
        "A* | A A.B A.B.C AB",
        "A% | A AB",
        "A.* | A.B A.B.C",
        "A.% | A.B",
        "%.% | A.B",
        "*.* | A.B A.B.C",
        "*B | A.B AB",
        "%B | AB",
        "*.C | A.B.C",
        "%.%.% | A.B.C",
        "A | A",
        "a | a",
        "inbox | INBOX",
        "inb* | INBOX",
        "b* | ''",
        "A?B | ''",
        "** | INBOX A A.B A.B.C AB a",
        "*% | INBOX A A.B A.B.C AB a",
      })
  void aMaskIsTheSameForEveryCommandThatTakesOne(String mask, String mailboxes) {
    for (String name : List.of("A", "A.B", "A.B.C", "AB", "a")) {
      stage.mail(name, "x", Flags.NONE);
    }
    stage.mail("INBOX", "x", Flags.NONE);
    List<String> expected = mailboxes.isEmpty() ? List.of() : List.of(mailboxes.split(" "));
    stage.run("fetch", "mailbox", "mailbox", mask, "all");
    assertThat(stage.column(0)).containsExactlyInAnyOrderElementsOf(expected);
    if (mask.matches(".*[*%].*")) {
      stage.run("mailbox", "list", mask);
      assertThat(stage.column(0)).containsExactlyInAnyOrderElementsOf(expected);
      stage.run("mailbox", "status", "messages", mask);
      assertThat(stage.column(0)).containsExactlyInAnyOrderElementsOf(expected);
      stage.run("force-resync", mask);
      assertThat(stage.counts.getOrDefault("mailboxes", 0L)).isEqualTo(expected.size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "A*", "%"})
  void whereOneMailboxIsNamedAWildcardIsALetter(String name) {
    stage.mail("A", "x", Flags.NONE);
    Map<String, List<String>> before = stage.store.contents();
    for (String line :
        List.of(
            "mailbox delete %s",
            "mailbox delete -r %s",
            "mailbox rename %s X",
            "mailbox cache purge %s",
            "mailbox update --uid-validity 7 %s",
            "save -m %s",
            "copy %s mailbox A all")) {
      assertThat(stage.run(line.replace("%s", name).split(" ")))
          .as(line)
          .isEqualTo(Outcome.NOT_FOUND);
    }
    assertThat(stage.store.contents()).isEqualTo(before);
  }
}
