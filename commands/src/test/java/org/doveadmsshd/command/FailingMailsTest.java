package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.testing.MemoryMailStore;
import org.doveadmsshd.testing.StoredMail;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A mail that cannot be read is told of, and the others are done: exit code 75. */
class FailingMailsTest {
  private final Stage stage = new Stage();

  @BeforeEach
  void theSecondOfThreeCannotBeRead() {
    stage.mail("INBOX", "one", Stage.SEEN);
    stage.mail("INBOX", "two", Stage.SEEN).makeUnreadable();
    stage.mail("INBOX", "three", Stage.SEEN);
    stage.mail("Target", "old", Flags.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "search mailbox INBOX body of | matched=2",
        "search mailbox INBOX subject o | matched=1",
        "search mailbox INBOX larger 1 | matched=2",
        "search mailbox INBOX not body two | matched=2",
        "search mailbox INBOX inthread refs subject o | matched=1",
        "fetch uid mailbox INBOX text of | fetched=2",
        "flags add \\Draft mailbox INBOX body of | matched=2",
        "flags remove \\Seen mailbox INBOX body of | matched=2",
        "flags replace \\Draft mailbox INBOX body of | matched=2",
        "rebuild attachments mailbox INBOX all | matched=2",
        "expunge mailbox INBOX body of | expunged=2",
        "expunge --dry-run mailbox INBOX all | would be changed=2",
        "copy Target mailbox INBOX all | copied=2",
        "copy --dry-run Target mailbox INBOX all | would be changed=2",
        "move Target mailbox INBOX body of | moved=2",
        "batch : flags add \\Draft mailbox INBOX body of : expunge mailbox INBOX all | matched=2",
      })
  void itIsToldOnceAndTheOthersAreDone(String line, String counted) {
    assertThat(stage.run(Stage.words(line))).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.failures).hasSize(1);
    assertThat(stage.error()).contains("INBOX", "Input/output error");
    String[] count = counted.split("=");
    assertThat(stage.counts.get(count[0])).isEqualTo(Long.parseLong(count[1]));
    assertThat(stage.store.contents().values().stream().mapToInt(List::size).sum())
        .isEqualTo(
            4
                + stage.counts.getOrDefault("copied", 0L).intValue()
                - stage.counts.getOrDefault("expunged", 0L).intValue());
    List<String> all = new ArrayList<>(stage.subjects("INBOX"));
    all.addAll(stage.subjects("Target"));
    assertThat(all).contains("two");
  }

  /** Nothing of the mail is read for these. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "search mailbox INBOX all | matched=3",
        "search mailbox INBOX uid 2 seen | matched=1",
        "fetch 'uid flags guid mailbox' mailbox INBOX all | fetched=3",
        "flags add \\Draft mailbox INBOX all | matched=3",
        "move Target mailbox INBOX all | moved=3",
        "expunge mailbox INBOX seen | expunged=3",
        "mailbox status messages INBOX | mailboxes=1",
        "mailbox status 'messages unseen recent' INBOX | mailboxes=1",
        "deduplicate mailbox INBOX all | ''",
        "force-resync INBOX | mailboxes=1",
      })
  void whereItIsNotReadItDoesNotMatter(String line, String counted) {
    assertThat(stage.run(Stage.words(line))).isEqualTo(Outcome.OK);
    if (!counted.isEmpty()) {
      String[] count = counted.split("=");
      assertThat(stage.counts).containsEntry(count[0], Long.parseLong(count[1]));
    }
  }

  @Test
  void fieldsThatCanBeHadAreThereAndTheOthersAreLeftOut() {
    assertThat(stage.run("fetch", "hdr.subject uid body flags size.physical", "all"))
        .isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.failures).hasSize(1);
    assertThat(stage.column(0)).containsExactly("one", "(absent)", "three", "old");
    assertThat(stage.column(1)).containsExactly("1", "2", "3", "1");
    assertThat(stage.column(2)).startsWith("Body of one\n", "(absent)");
    assertThat(stage.column(3)).startsWith("\\Seen", "\\Seen", "\\Seen");
    assertThat(stage.counts).containsEntry("fetched", 3L);
  }

  @Test
  void statusCountsTheOthers() {
    String fields = "messages unseen vsize";
    assertThat(stage.run("mailbox", "status", fields, "*")).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.failures).hasSize(1);
    long size = stage.store.mails("INBOX").get(0).text().length() + 5;
    long third = stage.store.mails("INBOX").get(2).text().length() + 5;
    assertThat(stage.rows.get(0)).containsExactly("INBOX", "3", "0", "" + (size + third));
    assertThat(stage.rows.get(1).get(0)).isEqualTo("Target");
    assertThat(stage.run("mailbox", "status", "-t", fields, "INBOX"))
        .isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.rows).containsExactly(List.of("3", "0", "" + (size + third)));
  }

  @Test
  void whatIsImportedLacksNothingElse() {
    MemoryMailStore source = new MemoryMailStore();
    Stage elsewhere = new Stage(source);
    elsewhere.mail("INBOX", "four", Flags.NONE);
    elsewhere.mail("INBOX", "five", Flags.NONE).makeUnreadable();
    elsewhere.mail("Sub", "six", Flags.NONE);
    stage.others.put("jane", source);
    assertThat(stage.run("import", "maildir:~/x", "Back", "all"))
        .isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.failures).hasSize(1);
    assertThat(stage.subjects("Back.INBOX")).containsExactly("four");
    assertThat(stage.subjects("Back.Sub")).containsExactly("six");
    assertThat(stage.counts).containsEntry("copied", 2L);
  }

  @Test
  void aMailOfUnknownIdentityIsKept() {
    stage.mail("INBOX", "three", Flags.NONE);
    stage.mail("INBOX", "two", Flags.NONE);
    assertThat(stage.run("deduplicate", "-m", "mailbox", "INBOX", "all"))
        .isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.counts).containsOnly(Map.entry("expunged", 1L));
    assertThat(stage.subjects("INBOX")).containsExactly("one", "two", "three", "two");
  }

  @Test
  void whatCanBeRememberedOfTheOthersIs() {
    assertThat(stage.run("index", "*")).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.failures).hasSize(1);
    assertThat(stage.store.mails("INBOX"))
        .extracting(StoredMail::isRemembered)
        .containsExactly(true, false, true);
    assertThat(stage.store.mails("Target")).allMatch(StoredMail::isRemembered);
    assertThat(stage.counts).containsEntry("mailboxes", 2L);
  }

  @Test
  void indexCountsNewMailsThatAreThereOnly() {
    Flags recent = Flags.of(List.of(Flag.RECENT), List.of());
    stage.mail("New", "a", recent).makeGone();
    StoredMail there = stage.mail("New", "b", recent);
    assertThat(stage.run("index", "-n", "1", "New")).isEqualTo(Outcome.OK);
    assertThat(there.isRemembered()).isTrue();
    StoredMail more = stage.mail("New", "c", recent);
    assertThat(stage.run("index", "-n", "1", "New")).isEqualTo(Outcome.OK);
    assertThat(more.isRemembered()).isFalse();
  }

  @Test
  void batchesEndWithACommandOfWhichAMailFailed() {
    String line = "batch : rebuild attachments mailbox INBOX all : expunge mailbox Target all";
    assertThat(stage.run(Stage.words(line))).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.subjects("Target")).containsExactly("old");
  }
}
