package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.command.Stage.FLAGGED;
import static org.doveadmsshd.command.Stage.SEEN;

import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.testing.StoredMail;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that look at mail, and change nothing. */
class LookingTest {
  private final Stage stage = new Stage();
  private Map<String, List<String>> before;

  @BeforeEach
  void putMails() {
    stage.mail("INBOX", "one", SEEN, 10);
    stage.mail("INBOX", "two", Flags.NONE, 2);
    stage.mail("Work.Old", "three", FLAGGED, 100);
    before = stage.store.contents();
  }

  @AfterEach
  void nothingHasChanged() {
    assertThat(stage.store.contents()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "all | one two three",
        "mailbox INBOX | one two",
        "mailbox inbox seen | one",
        "mailbox Work.* | three",
        "mailbox % | one two",
        "unseen | two three",
        "flagged | three",
        "subject T | two three",
        "subject two OR flagged | two three",
        "not seen since 1week | two",
        "before 30d | three",
        "mailbox INBOX 2 | two",
        "mailbox INBOX uid 1:* not uid 2 | one",
        "body nothing | ''",
        "body of | one two three",
        "header message-id one | one",
        "smaller 1 | ''",
      })
  void searchFindsWhatMatches(String query, String subjects) {
    String[] line = ("search " + query).split(" ");
    assertThat(stage.run(line)).isEqualTo(Outcome.OK);
    List<List<String>> found = List.copyOf(stage.rows);
    assertThat(stage.counts.getOrDefault("matched", 0L)).isEqualTo(found.size());
    String[] fetch = ("fetch hdr.subject " + query).split(" ");
    assertThat(stage.run(fetch)).isEqualTo(Outcome.OK);
    assertThat(String.join(" ", stage.column(0))).isEqualTo(subjects);
    String[] identities = ("fetch mailbox-guid,uid " + query).replace(',', '~').split(" ");
    identities[1] = "mailbox-guid uid";
    assertThat(stage.run(identities)).isEqualTo(Outcome.OK);
    assertThat(stage.rows).isEqualTo(found);
  }

  @Test
  void searchOfANamedMailboxThatIsNotThereFailsAndFetchFindsNothing() {
    assertThat(stage.run("search", "mailbox", "Nowhere", "all")).isEqualTo(Outcome.NOT_FOUND);
    assertThat(stage.error()).isEqualTo("Mailbox doesn't exist: Nowhere");
    assertThat(stage.run("search", "mailbox", "Work/Old", "all")).isEqualTo(Outcome.NOT_FOUND);
    assertThat(stage.error()).contains("levels have '.' between them");
    assertThat(stage.run("search", "mailbox", "Now*", "all")).isEqualTo(Outcome.OK);
    assertThat(stage.run("fetch", "uid", "mailbox", "Nowhere", "all")).isEqualTo(Outcome.OK);
    assertThat(stage.rows).isEmpty();
  }

  @Test
  void explainSearchesNothingAndShowsTheSteps() {
    stage.store.mails("INBOX").forEach(StoredMail::makeUnreadable);
    assertThat(stage.run("search", "--explain", "body", "x", "unseen")).isEqualTo(Outcome.OK);
    assertThat(stage.column(0)).first().asString().startsWith("list all mailboxes");
    assertThat(String.join("\n", stage.column(0))).contains("INBOX, Work.Old:");
    stage.run("search", "--explain", "mailbox", "INBOX", "seen");
    assertThat(stage.column(0)).first().asString().contains("without listing: INBOX");
  }

  @Test
  void fetchPrintsItsFieldsInTheOrderAskedFor() {
    stage.run(
        "fetch", "uid seq user mailbox flags size.physical size.virtual body", "subject", "one");
    String text = stage.store.mails("INBOX").get(0).text();
    assertThat(stage.rows)
        .containsExactly(
            List.of(
                "1",
                "1",
                "jane",
                "INBOX",
                "\\Seen",
                "" + text.length(),
                "" + (text.length() + 5),
                "Body of one\n"));
    assertThat(stage.counts).containsEntry("fetched", 1L);
  }

  @Test
  void longValuesAreWhole() {
    String body = "0123456789abcde\n".repeat(Limits.MAX_INLINE_VALUE / 16 + 5);
    stage.store.add("Long", "Subject: x\n\n" + body, Flags.NONE, 1);
    before = stage.store.contents();
    stage.run("fetch", "hdr body uid", "mailbox", "Long", "all");
    assertThat(stage.rows).containsExactly(List.of("Subject: x\n\n", body, "1"));
  }

  @Test
  void oneMailThatCannotBeReadFailsAndTheOthersAreDone() {
    stage.store.mails("INBOX").get(0).makeUnreadable();
    assertThat(stage.run("search", "body", "of")).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.rows).hasSize(2);
    assertThat(stage.failures).hasSize(1);
    assertThat(stage.error()).contains("INBOX", "Input/output error");
    assertThat(stage.run("fetch", "uid hdr flags", "mailbox", "INBOX", "all"))
        .isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.rows.get(0)).containsExactly("1", "(absent)", "\\Seen");
    assertThat(stage.rows.get(1).get(0)).isEqualTo("2");
    assertThat(stage.failures).hasSize(1);
  }

  @Test
  void ofManyMailsThatCannotBeReadAHundredAreNamed() {
    for (int i = 0; i < 150; i++) {
      stage.mail("Bad", "m" + i, Flags.NONE).makeUnreadable();
    }
    before = stage.store.contents();
    stage.run("search", "mailbox", "Bad", "body", "x");
    assertThat(stage.failures).hasSize(101);
    assertThat(stage.failures.get(100))
        .hasMessage("Mailbox Bad: the same or the like with 50 further mails");
  }

  @Test
  void mailsThatAreGoneArePassedOver() {
    stage.store.mails("INBOX").get(0).makeGone();
    for (String query : List.of("seen", "body of", "all")) {
      assertThat(stage.run(("fetch flags mailbox INBOX " + query).split(" ")))
          .isEqualTo(Outcome.OK);
      assertThat(stage.failures).isEmpty();
      assertThat(stage.rows).hasSize(query.equals("seen") ? 0 : 1);
    }
  }

  @Test
  void aCommandThatIsCancelledEndsAtTheNextMail() {
    stage.patience = 2; // the mailbox, and its first mail
    assertThat(stage.run("search", "mailbox", "INBOX", "all")).isEqualTo(Outcome.CANCELLED);
    assertThat(stage.rows).hasSize(1);
  }

  @Test
  void statusCountsWhatIsThere() {
    stage.mail("INBOX", "four", Flags.NONE);
    before = stage.store.contents();
    String all = "vsize guid messages unseen recent uidnext uidvalidity";
    assertThat(stage.run("mailbox", "status", all, "INBOX", "Work*")).isEqualTo(Outcome.OK);
    assertThat(stage.columns.stream().map(column -> column.key()))
        .containsExactly(
            "mailbox", "messages", "recent", "uidnext", "uidvalidity", "unseen", "vsize", "guid");
    assertThat(stage.column(0)).containsExactly("INBOX", "Work.Old");
    assertThat(stage.column(1)).containsExactly("3", "1");
    assertThat(stage.column(3)).containsExactly("4", "2");
    assertThat(stage.column(5)).containsExactly("2", "1");
    assertThat(stage.run("mailbox", "status", "-t", "messages unseen", "*")).isEqualTo(Outcome.OK);
    assertThat(stage.rows).containsExactly(List.of("4", "3"));
    assertThat(stage.run("mailbox", "status", "firstsaved", "INBOX")).isEqualTo(Outcome.OK);
    assertThat(stage.rows)
        .containsExactly(List.of("INBOX", "" + (Stage.NOW.getEpochSecond() - 864_060)));
  }

  @Test
  void statusOfAMailboxThatIsNotThereFailsAndTheOthersAreShown() {
    assertThat(stage.run("mailbox", "status", "messages", "Nowhere", "INBOX"))
        .isEqualTo(Outcome.NOT_FOUND);
    assertThat(stage.rows).containsExactly(List.of("INBOX", "2"));
    stage.store.mails("INBOX").get(0).makeUnreadable();
    assertThat(stage.run("mailbox", "status", "messages vsize", "INBOX"))
        .isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.column(1)).containsExactly("2");
  }

  @Test
  void mailboxesAreListedByMaskAndWithParents() {
    stage.run("mailbox", "list");
    assertThat(stage.column(0)).containsExactlyInAnyOrder("INBOX", "Work", "Work.Old");
    stage.run("mailbox", "list", "W%");
    assertThat(stage.column(0)).containsExactly("Work");
    stage.run("mailbox", "list", "Nowhere");
    assertThat(stage.column(0)).containsExactly("Nowhere");
    stage.run("mailbox", "list", "-7", "Größe");
    assertThat(stage.column(0)).containsExactly("Gr&APYA3w-e");
    stage.run("mailbox", "list", "-s");
    assertThat(stage.column(0)).isEmpty();
  }

  @Test
  void aMailboxLiesWhereTheStoreSays() {
    stage.run("mailbox", "path", "Work");
    assertThat(stage.rows).containsExactly(List.of("/memory/Work"));
    stage.run("mailbox", "path", "-t", "alt-dir", "Work");
    assertThat(stage.rows).isEmpty();
    assertThat(stage.run("mailbox", "path", "a/b")).isEqualTo(Outcome.USAGE);
  }
}
