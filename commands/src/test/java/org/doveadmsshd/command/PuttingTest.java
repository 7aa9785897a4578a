package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.command.Stage.FLAGGED;
import static org.doveadmsshd.command.Stage.SEEN;

import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.testing.MemoryMailStore;
import org.doveadmsshd.testing.StoredMail;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands that put mail somewhere, take it away, or mark it. */
class PuttingTest {
  private Stage stage = new Stage();

  @BeforeEach
  void putMails() {
    fill();
  }

  private void fill() {
    stage.mail("INBOX", "one", SEEN, 40);
    stage.mail("INBOX", "two", FLAGGED, 2);
    stage.mail("INBOX", "three", Flags.NONE, 1);
    stage.mail("Target", "old", Flags.NONE, 50);
  }

  private static String[] words(String line) {
    return line.split(" ");
  }

  @Test
  void saveTakesWhatItIsGiven() throws Exception {
    stage.input = "Subject: saved\r\n\r\nHello\r\n";
    assertThat(stage.run(words("save -m Target -g own -U 77 -r 2020-01-01"))).isEqualTo(Outcome.OK);
    StoredMail mail = stage.store.mails("Target").get(1);
    assertThat(mail.text()).isEqualTo("Subject: saved\n\nHello\n");
    assertThat(mail.guid()).isEqualTo("own");
    assertThat(mail.uid()).isEqualTo(77);
    assertThat(mail.received()).isEqualTo(1577836800);
    assertThat(stage.counts).containsOnly(Map.entry("saved", 1L));
    assertThat(Stage.prepare(List.of("save"), stage.doubts).isRepeatable()).isFalse();
    assertThat(Stage.prepare(List.of("save", "a.eml"), stage.doubts).input()).contains("a.eml");
    assertThat(stage.run("save")).isEqualTo(Outcome.OK);
    assertThat(stage.store.mails("INBOX")).hasSize(4);
  }

  @Test
  void saveToNowhereSavesNothing() {
    Map<String, List<String>> before = stage.store.contents();
    assertThat(stage.run("save", "-m", "Nowhere")).isEqualTo(Outcome.NOT_FOUND);
    assertThat(stage.error()).contains("Failed to open mailbox Nowhere");
    stage.patience = 0;
    assertThat(stage.run("save")).isEqualTo(Outcome.CANCELLED);
    assertThat(stage.store.contents()).isEqualTo(before);
  }

  @Test
  void whatExceedsTheQuotaIsNotPutAnywhere() {
    QuotaRules rules = QuotaRules.of("count:Mine", List.of("*:messages=5")).orElseThrow();
    stage = new Stage(new MemoryMailStore(rules));
    fill();
    Map<String, List<String>> before = stage.store.contents();
    assertThat(stage.run(words("copy Target mailbox INBOX all"))).isEqualTo(Outcome.OVER_QUOTA);
    assertThat(stage.error()).contains("Quota exceeded");
    assertThat(stage.store.contents()).isEqualTo(before);
    assertThat(stage.run(words("move Target mailbox INBOX all"))).isEqualTo(Outcome.OK);
    assertThat(stage.run("save")).isEqualTo(Outcome.OK);
    assertThat(stage.run("save")).isEqualTo(Outcome.OVER_QUOTA);
    assertThat(stage.counts).isEmpty();
  }

  @Test
  void copyLeavesTheSourceAsItIs() {
    assertThat(stage.run(words("copy Target mailbox INBOX unseen"))).isEqualTo(Outcome.OK);
    assertThat(stage.subjects("INBOX")).containsExactly("one", "two", "three");
    assertThat(stage.subjects("Target")).containsExactly("old", "two", "three");
    StoredMail copy = stage.store.mails("Target").get(1);
    assertThat(copy.flags()).isEqualTo(FLAGGED);
    assertThat(copy.guid()).isEqualTo(stage.store.mails("INBOX").get(1).guid());
    assertThat(stage.counts).containsOnly(Map.entry("copied", 2L));
  }

  @Test
  void moveTakesMailsAwayFromWhereTheyAre() {
    assertThat(stage.run(words("move Target mailbox INBOX before 30d"))).isEqualTo(Outcome.OK);
    assertThat(stage.subjects("INBOX")).containsExactly("two", "three");
    assertThat(stage.subjects("Target")).containsExactly("old", "one");
    assertThat(stage.counts).containsOnly(Map.entry("moved", 1L));
  }

  @Test
  void mailsOfAnotherUserAreFetchedFromHim() {
    MemoryMailStore other = new MemoryMailStore();
    stage.others.put("joe", other);
    other.add("INBOX", "Subject: his\n\n", Flags.NONE, 1);
    assertThat(stage.run(words("copy Target user joe mailbox INBOX all"))).isEqualTo(Outcome.OK);
    assertThat(stage.opened).containsExactly("joe");
    assertThat(stage.subjects("Target")).containsExactly("old", "his");
    assertThat(stage.run(words("move Target USER joe mailbox INBOX all"))).isEqualTo(Outcome.OK);
    assertThat(other.mails("INBOX")).isEmpty();
    assertThat(other.openMailboxes()).isZero();
    assertThat(stage.run(words("copy Target user nobody all"))).isEqualTo(Outcome.NO_USER);
  }

  @Test
  void aTargetThatIsNotThereIsSaidBeforeAnythingIsLookedAt() {
    Map<String, List<String>> before = stage.store.contents();
    for (String verb : List.of("copy", "move")) {
      assertThat(stage.run(words(verb + " Nowhere mailbox INBOX all")))
          .isEqualTo(Outcome.NOT_FOUND);
      assertThat(stage.error()).startsWith("Can't open mailbox 'Nowhere'");
    }
    assertThat(stage.store.contents()).isEqualTo(before);
  }

  @Test
  void aMailThatCannotBeReadStaysAndTheOthersAreCopied() {
    stage.store.mails("INBOX").get(1).makeUnreadable();
    assertThat(stage.run(words("copy Target mailbox INBOX all")))
        .isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.failures).hasSize(1);
    assertThat(stage.subjects("Target")).containsExactly("old", "one", "three");
    assertThat(stage.counts).containsEntry("copied", 2L);
  }

  @Test
  void aDryRunSaysHowMuchItWouldBeAndChangesNothing() {
    Map<String, List<String>> before = stage.store.contents();
    long size = stage.store.mails("INBOX").get(0).text().length() + 5;
    for (String line :
        List.of(
            "copy Target mailbox INBOX seen",
            "move Target mailbox INBOX seen",
            "expunge mailbox INBOX seen",
            "flags add \\Flagged mailbox INBOX seen")) {
      assertThat(stage.run(words(line + " --dry-run"))).as(line).isEqualTo(Outcome.OK);
      assertThat(stage.rows).as(line).containsExactly(List.of("INBOX", "1", "" + size));
      assertThat(stage.counts).containsEntry("would be changed", 1L).containsEntry("bytes", size);
    }
    assertThat(stage.store.contents()).isEqualTo(before);
  }

  @Test
  void expungeRemovesWhatMatchesAndNothingElse() {
    assertThat(stage.run(words("expunge mailbox INBOX before 30d"))).isEqualTo(Outcome.OK);
    assertThat(stage.subjects("INBOX")).containsExactly("two", "three");
    assertThat(stage.subjects("Target")).containsExactly("old");
    assertThat(stage.counts).containsOnly(Map.entry("expunged", 1L));
  }

  @Test
  void expungeDemandsAMailboxAndSomethingElseInEveryBranch() {
    Map<String, List<String>> before = stage.store.contents();
    for (String query :
        List.of(
            "all",
            "seen",
            "mailbox INBOX",
            "seen OR mailbox INBOX",
            "( mailbox INBOX seen ) OR flagged",
            "not mailbox INBOX")) {
      for (String verb : List.of("expunge", "move Target")) {
        assertThat(stage.run(words(verb + " " + query))).as(query).isEqualTo(Outcome.USAGE);
        assertThat(stage.error()).contains("the query must name a mailbox");
      }
    }
    assertThat(stage.store.contents()).isEqualTo(before);
  }

  @Test
  void anEmptiedMailboxGoesWithItsSubscriptionIfThatIsWanted() throws Exception {
    stage.store.subscribe(List.of("Target", "INBOX"), true);
    String line = "expunge --delete-empty-mailbox mailbox Target before 30d";
    assertThat(stage.run(words(line))).isEqualTo(Outcome.OK);
    assertThat(stage.store.contents()).containsOnlyKeys("INBOX");
    assertThat(stage.store.subscriptions()).containsExactly("INBOX");
    assertThat(stage.counts).containsEntry("mailboxes deleted", 1L);
    assertThat(stage.run(words("expunge --delete-empty-mailbox mailbox INBOX all")))
        .isEqualTo(Outcome.OK);
    assertThat(stage.store.mails("INBOX")).isEmpty();
    assertThat(stage.store.contents()).containsOnlyKeys("INBOX");
    assertThat(Stage.prepare(List.of(words(line)), stage.doubts).commands())
        .containsExactly("mailbox delete", "mailbox unsubscribe");
  }

  @Test
  void deduplicateKeepsTheFirstOfEachMailbox() {
    StoredMail first = stage.store.mails("INBOX").get(0);
    stage.store.addCopy("INBOX", first);
    stage.store.addCopy("Target", first);
    stage.mail("INBOX", "two", SEEN); // another identity, the same Message-ID
    assertThat(stage.run(words("deduplicate --dry-run mailbox INBOX all"))).isEqualTo(Outcome.OK);
    assertThat(stage.column(1)).containsExactly("1");
    assertThat(stage.store.mails("INBOX")).hasSize(5);
    assertThat(stage.run(words("deduplicate all"))).isEqualTo(Outcome.OK);
    assertThat(stage.counts).containsOnly(Map.entry("expunged", 1L));
    assertThat(stage.subjects("INBOX")).containsExactly("one", "two", "three", "two");
    assertThat(stage.store.mails("INBOX").get(0)).isSameAs(first);
    assertThat(stage.run(words("deduplicate -m mailbox INBOX all"))).isEqualTo(Outcome.OK);
    assertThat(stage.subjects("INBOX")).containsExactly("one", "two", "three");
    assertThat(stage.subjects("Target")).containsExactly("old", "one");
  }

  @Test
  void mailsWithoutMessageIdAreAllKept() {
    for (int i = 0; i < 3; i++) {
      stage.store.add("Plain", "Subject: x\n\n", Flags.NONE, 1);
    }
    stage.run(words("deduplicate -m mailbox Plain all"));
    assertThat(stage.store.mails("Plain")).hasSize(3);
  }

  @Test
  void flagsAreAddedTakenOffAndReplaced() {
    stage.run("flags", "add", "\\Answered Later", "mailbox", "INBOX", "flagged");
    assertThat(flags()).containsExactly("\\Seen", "\\Answered \\Flagged Later", "");
    stage.run("flags", "remove", "\\flagged LATER", "mailbox", "INBOX", "all");
    assertThat(flags()).containsExactly("\\Seen", "\\Answered", "");
    stage.run("flags", "replace", "$Done", "mailbox", "INBOX", "all");
    assertThat(flags()).containsExactly("$Done", "$Done", "$Done");
    assertThat(stage.counts).containsOnly(Map.entry("matched", 3L));
    stage.run("flags", "replace", "", "mailbox", "INBOX", "all");
    assertThat(flags()).containsExactly("", "", "");
  }

  private List<String> flags() {
    return stage.store.mails("INBOX").stream().map(mail -> mail.flags().toString()).toList();
  }

  @Test
  void flagsOfMoreMailsThanAreChangedAtATime() {
    for (int i = 0; i < 1203; i++) {
      stage.mail("Many", "m" + i, Flags.NONE);
    }
    stage.run("flags", "add", "\\Seen", "mailbox", "Many", "all");
    assertThat(stage.store.mails("Many")).allMatch(mail -> mail.flags().equals(SEEN));
    assertThat(stage.counts).containsEntry("matched", 1203L);
  }

  @Test
  void aFlagWithoutItsBackslashIsDoubtedAndOneThatIsNoneRefused() {
    stage.run("flags", "add", "Seen", "mailbox", "INBOX", "all");
    assertThat(stage.doubts).singleElement().asString().contains("backslash is missing");
    Map<String, List<String>> before = stage.store.contents();
    assertThat(stage.run("flags", "add", "\\Nonsense", "all")).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.run("flags", "add", "a(b", "all")).isEqualTo(Outcome.DATA_ERROR);
    assertThat(stage.store.contents()).isEqualTo(before);
  }

  @Test
  void importMakesMailboxesBelowTheParent() throws Exception {
    MemoryMailStore source = new MemoryMailStore();
    stage.others.put("jane", source);
    source.add("INBOX", "Subject: a\n\n", SEEN, 1);
    source.add("Old.Box", "Subject: b\n\n", Flags.NONE, 1);
    source.add("Empty", "Subject: c\n\n", FLAGGED, 1);
    assertThat(stage.run(words("import -s maildir:~/old Back unflagged"))).isEqualTo(Outcome.OK);
    assertThat(stage.opened).containsExactly("jane maildir:~/old");
    assertThat(stage.subjects("Back.INBOX")).containsExactly("a");
    assertThat(stage.subjects("Back.Old.Box")).containsExactly("b");
    assertThat(stage.store.contents()).doesNotContainKey("Back.Empty");
    assertThat(stage.store.subscriptions()).containsExactlyInAnyOrder("Back.INBOX", "Back.Old.Box");
    assertThat(stage.counts).containsEntry("copied", 2L);
    assertThat(source.mails("INBOX")).hasSize(1);
    assertThat(source.openMailboxes()).isZero();
  }

  @Test
  void importWithoutParentGoesToMailboxesOfTheSameName() {
    MemoryMailStore source = new MemoryMailStore();
    stage.others.put("joe", source);
    source.add("INBOX", "Subject: a\n\n", SEEN, 1);
    assertThat(stage.run("import", "-U", "joe", "maildir:~/x", "", "all")).isEqualTo(Outcome.OK);
    assertThat(stage.opened).containsExactly("joe maildir:~/x");
    assertThat(stage.subjects("INBOX")).containsExactly("one", "two", "three", "a");
  }

  @Test
  void aBatchEndsWithTheFirstCommandThatFails() {
    String line = "batch : copy Nowhere all : expunge mailbox INBOX all";
    assertThat(stage.run(words(line))).isEqualTo(Outcome.NOT_FOUND);
    assertThat(stage.subjects("INBOX")).hasSize(3);
    line = "batch : expunge mailbox INBOX seen : copy Target mailbox INBOX all";
    assertThat(stage.run(words(line))).isEqualTo(Outcome.OK);
    assertThat(stage.subjects("INBOX")).containsExactly("two", "three");
    assertThat(stage.subjects("Target")).containsExactly("old", "two", "three");
  }

  @Test
  void attachmentsAreMarked() {
    String parts =
        "Content-Type: multipart/mixed; boundary=x\n\n--x\n\ntext\n--x\n"
            + "Content-Type: application/pdf\nContent-Disposition: attachment\n\nx\n--x--\n";
    stage.store.add("INBOX", parts, Flags.NONE, 1);
    assertThat(stage.run(words("rebuild attachments mailbox INBOX all"))).isEqualTo(Outcome.OK);
    assertThat(stage.column(1)).containsExactly("no", "no", "no", "yes");
    assertThat(flags())
        .containsExactly(
            "\\Seen $HasNoAttachment",
            "\\Flagged $HasNoAttachment",
            "$HasNoAttachment",
            "$HasAttachment");
  }
}
