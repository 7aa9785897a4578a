package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.testing.MemoryMailStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A mailbox that fails is told of, and the others are done; a run that is to end ends there. */
class FailingMailboxesTest {
  private Stage stage = new Stage();

  @BeforeEach
  void fill() {
    stage.mail("INBOX", "one", Flags.NONE);
    stage.mail("Broken", "two", Flags.NONE);
    stage.mail("Broken", "three", Flags.NONE);
    stage.mail("Last", "four", Flags.NONE);
    stage.mail("Target", "old", Flags.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "copy Target not mailbox Target | copied=2",
        "move Target ( mailbox Broken OR mailbox INBOX OR mailbox Last ) all | moved=2",
        "search not mailbox Target | matched=2",
        "fetch uid not mailbox Target | fetched=2",
        "flags add \\Draft not mailbox Target | matched=2",
        "expunge ( mailbox Broken OR mailbox INBOX OR mailbox Last ) all | expunged=2",
      })
  void itIsToldOnceAndTheOthersAreDone(String line, String counted) {
    stage.store.makeUnlistable("Broken");
    assertThat(stage.run(Stage.words(line))).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.failures).hasSize(1);
    assertThat(stage.error()).isEqualTo("Mailbox Broken: Input/output error");
    String[] count = counted.split("=");
    assertThat(stage.counts).containsOnly(Map.entry(count[0], Long.parseLong(count[1])));
    assertThat(stage.subjects("Broken")).containsExactly("two", "three");
  }

  @Test
  void theOthersAreCopiedWholly() {
    stage.store.makeUnlistable("Broken");
    stage.run("copy", "Target", "not", "mailbox", "Target");
    assertThat(stage.subjects("Target")).containsExactly("old", "one", "four");
  }

  @Test
  void ofAMailboxThatFailsHalfwayNothingIsCopied() {
    QuotaRules roomForOneMore = QuotaRules.of("count:Mine", List.of("*:messages=6")).orElseThrow();
    stage = new Stage(new MemoryMailStore(roomForOneMore));
    fill();
    assertThat(stage.run(Stage.words("copy Target mailbox Broken OR mailbox Last")))
        .isEqualTo(Outcome.OVER_QUOTA);
    assertThat(stage.failures).hasSize(1);
    assertThat(stage.subjects("Target")).containsExactly("old", "four");
    assertThat(stage.counts).containsOnly(Map.entry("copied", 1L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "expunge -d ( mailbox Broken OR mailbox Broken.Sub OR mailbox Last ) all",
        "mailbox delete -r Last Broken",
        "mailbox delete Broken Broken.Sub Last",
      })
  void aMailboxThatCannotBeRemovedKeepsNoOther(String line) throws Exception {
    stage.store.create("Broken.Sub", Optional.empty());
    stage.store.makePermanent("Broken");
    stage.store.makePermanent("Broken.Sub");
    assertThat(stage.run(Stage.words(line))).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stage.failures)
        .extracting(Throwable::getMessage)
        .containsExactlyInAnyOrder(
            "Can't delete mailbox Broken: Mailbox Broken: Input/output error",
            "Can't delete mailbox Broken.Sub: Mailbox Broken.Sub: Input/output error");
    assertThat(stage.store.contents()).containsOnlyKeys("INBOX", "Broken", "Broken.Sub", "Target");
    assertThat(stage.counts).containsEntry("mailboxes deleted", 1L);
  }

  @Test
  void aMailboxThatIsNamedAndInsideAnotherIsRemovedOnce() throws Exception {
    stage.store.create("Last.Sub", Optional.empty());
    assertThat(stage.run("mailbox", "delete", "-r", "Last.Sub", "Last")).isEqualTo(Outcome.OK);
    assertThat(stage.store.contents()).containsOnlyKeys("INBOX", "Broken", "Target");
    assertThat(stage.counts).containsOnly(Map.entry("mailboxes deleted", 2L));
  }

  @Test
  void aRunThatIsToEndRemovesNoMailbox() {
    stage.patience = 2; // the mailbox, and its mail
    assertThat(stage.run(Stage.words("expunge -d mailbox Last all"))).isEqualTo(Outcome.CANCELLED);
    assertThat(stage.store.contents()).containsKey("Last");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "search all",
        "fetch uid all",
        "copy Target all",
        "move Target mailbox * all",
        "expunge -d mailbox * all",
        "flags add \\Draft all",
        "deduplicate all",
      })
  void aRunThatIsToEndLooksAtNoFurtherMail(String line) {
    Map<String, List<String>> before = stage.store.contents();
    stage.patience = 1; // the first mailbox, but no mail of it
    assertThat(stage.run(Stage.words(line))).isEqualTo(Outcome.CANCELLED);
    assertThat(stage.failures).hasSize(1);
    assertThat(stage.refused).as("checkpoints that said so").isEqualTo(1);
    assertThat(stage.store.contents()).isEqualTo(before);
  }
}
