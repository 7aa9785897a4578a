package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.testing.MemoryMailStore;
import org.junit.jupiter.api.Test;

/** Commands that make mailboxes, change them and remove them, and count what is in them. */
class MailboxCommandsTest {
  private Stage stage = new Stage();

  private Outcome run(String line) {
    return stage.run(line.split(" "));
  }

  private Mailbox.Identifiers identity(String name) throws Exception {
    try (Mailbox mailbox = stage.store.find(name).orElseThrow()) {
      return mailbox.identifiers();
    }
  }

  @Test
  void mailboxesAreMadeAndThoseThatFailDoNotStopTheOthers() throws Exception {
    assertThat(run("mailbox create -s A INBOX b/c B.C D.")).isEqualTo(Outcome.DATA_ERROR);
    assertThat(stage.store.contents()).containsOnlyKeys("INBOX", "A", "B.C", "D");
    assertThat(stage.store.subscriptions()).containsExactly("A", "B.C", "D");
    assertThat(stage.counts).containsOnly(Map.entry("mailboxes created", 3L));
    assertThat(stage.failures).hasSize(2);
    assertThat(stage.error()).startsWith("Can't create mailbox INBOX: ");
    String guid = "0123456789abcdefABCDEF0123456789";
    assertThat(run("mailbox create -g " + guid + " E")).isEqualTo(Outcome.OK);
    assertThat(identity("E").guid()).isEqualTo(guid.toLowerCase(java.util.Locale.ROOT));
  }

  @Test
  void mailboxesAreRemovedAsFarAsTheyMayBe() throws Exception {
    run("mailbox create -s A A.B Full Other");
    stage.mail("Full", "x", Flags.NONE);
    assertThat(run("mailbox delete A")).isEqualTo(Outcome.OK);
    assertThat(stage.store.contents()).containsKeys("A.B").doesNotContainKey("A");
    assertThat(run("mailbox delete -e -s Full A.B Nowhere INBOX")).isEqualTo(Outcome.DATA_ERROR);
    assertThat(stage.error()).contains("Full").contains("isn't empty");
    assertThat(stage.failures)
        .extracting(failure -> failure.outcome())
        .containsExactly(Outcome.DATA_ERROR, Outcome.NOT_FOUND, Outcome.DATA_ERROR);
    assertThat(stage.store.contents()).containsOnlyKeys("INBOX", "Full", "Other");
    assertThat(stage.store.subscriptions()).containsExactly("A", "Full", "Other");
    assertThat(run("mailbox delete Full")).isEqualTo(Outcome.OK);
    assertThat(stage.counts).containsOnly(Map.entry("mailboxes deleted", 1L));
  }

  @Test
  void whatWouldBeRemovedWithMailboxesCanBeCountedBefore() {
    run("mailbox create A A.B Other");
    stage.mail("A.B", "one", Flags.NONE);
    stage.mail("A.B", "two", Flags.NONE);
    stage.mail("Other", "three", Flags.NONE);
    long bytes = stage.store.mails("A.B").stream().mapToLong(mail -> mail.text().length()).sum();
    long lines = stage.store.mails("A.B").stream().flatMap(mail -> mail.text().lines()).count();
    assertThat(run("mailbox delete -r --dry-run A")).isEqualTo(Outcome.OK);
    assertThat(stage.rows)
        .containsExactly(List.of("A.B", "2", "" + (bytes + lines)), List.of("A", "0", "0"));
    assertThat(run("mailbox delete -r -e --dry-run A")).isEqualTo(Outcome.OK);
    assertThat(stage.rows).containsExactly(List.of("A", "0", "0"));
    assertThat(run("mailbox delete --dry-run Nowhere A")).isEqualTo(Outcome.NOT_FOUND);
    assertThat(stage.error()).startsWith("Can't delete mailbox Nowhere: ");
    assertThat(stage.rows).containsExactly(List.of("A", "0", "0"));
    assertThat(stage.store.contents()).containsOnlyKeys("INBOX", "A", "A.B", "Other");
  }

  @Test
  void recursiveRemovalTakesTheChildrenAndNoNeighbours() {
    run("mailbox create A.B.C A.B AB Z");
    assertThat(stage.run("mailbox", "delete", "-r", "A")).isEqualTo(Outcome.OK);
    assertThat(stage.store.contents()).containsOnlyKeys("INBOX", "AB", "Z");
    assertThat(stage.run("mailbox", "delete", "-r", "Nowhere")).isEqualTo(Outcome.NOT_FOUND);
    stage.mail("Z", "x", Flags.NONE);
    assertThat(stage.run("mailbox", "delete", "-r", "")).isEqualTo(Outcome.OK);
    assertThat(stage.store.contents()).containsOnlyKeys("INBOX");
    assertThat(stage.run("mailbox", "delete", "")).isEqualTo(Outcome.USAGE);
  }

  @Test
  void renamingTakesChildrenAndSubscriptionsAlong() throws Exception {
    run("mailbox create -s A A.B AB");
    stage.mail("A.B", "x", Flags.NONE);
    assertThat(run("mailbox rename -s A N.M")).isEqualTo(Outcome.OK);
    assertThat(stage.store.contents()).containsOnlyKeys("INBOX", "N.M", "N.M.B", "AB");
    assertThat(stage.subjects("N.M.B")).containsExactly("x");
    assertThat(stage.store.subscriptions()).containsExactlyInAnyOrder("AB", "N.M", "N.M.B");
    assertThat(run("mailbox rename AB N.M")).isEqualTo(Outcome.DATA_ERROR);
    assertThat(run("mailbox rename Nowhere X")).isEqualTo(Outcome.NOT_FOUND);
    assertThat(run("mailbox rename INBOX X")).isEqualTo(Outcome.DATA_ERROR);
    assertThat(stage.store.contents()).containsOnlyKeys("INBOX", "N.M", "N.M.B", "AB");
  }

  @Test
  void subscriptionsChangeAndThoseThatAreSoAlreadyAreNotCounted() throws Exception {
    assertThat(run("mailbox subscribe A B")).isEqualTo(Outcome.OK);
    assertThat(run("mailbox subscribe B C")).isEqualTo(Outcome.OK);
    assertThat(stage.counts).containsOnly(Map.entry("subscribed", 1L));
    assertThat(run("mailbox unsubscribe A X")).isEqualTo(Outcome.OK);
    assertThat(stage.counts).containsOnly(Map.entry("unsubscribed", 1L));
    assertThat(run("mailbox list -s")).isEqualTo(Outcome.OK);
    assertThat(stage.column(0)).containsExactly("B", "C");
    assertThat(run("mailbox subscribe D a/b")).isEqualTo(Outcome.USAGE);
    assertThat(stage.store.subscriptions()).containsExactly("B", "C");
  }

  @Test
  void whatIdentifiesAMailboxIsChanged() throws Exception {
    String guid = "f".repeat(32);
    String options = "--uid-validity 5 --min-next-uid 90 --mailbox-guid ";
    assertThat(run("mailbox update " + options + guid + " INBOX")).isEqualTo(Outcome.OK);
    assertThat(identity("INBOX")).isEqualTo(new Mailbox.Identifiers(guid, 5, 90));
    assertThat(run("mailbox update --uid-validity 6 INBOX")).isEqualTo(Outcome.OK);
    assertThat(identity("INBOX")).isEqualTo(new Mailbox.Identifiers(guid, 6, 90));
    assertThat(run("mailbox update --uid-validity 7 Nowhere")).isEqualTo(Outcome.NOT_FOUND);
    assertThat(run("mailbox update --min-highest-modseq 7 INBOX")).isEqualTo(Outcome.DATA_ERROR);
  }

  @Test
  void mailboxesArePutInOrderByMask() {
    run("mailbox create A.B A.C");
    assertThat(run("force-resync -f A.*")).isEqualTo(Outcome.OK);
    assertThat(stage.counts).containsOnly(Map.entry("mailboxes", 2L));
    assertThat(stage.store.resyncs("A.B")).isEqualTo(1);
    assertThat(stage.store.resyncs("INBOX")).isZero();
    assertThat(run("force-resync Nowhere")).isEqualTo(Outcome.NOT_FOUND);
    assertThat(run("index -q *")).isEqualTo(Outcome.OK);
    assertThat(stage.counts).containsOnly(Map.entry("mailboxes", 3L));
    assertThat(stage.store.resyncs("A.B")).isEqualTo(1);
    assertThat(run("mailbox cache purge A.B Nowhere")).isEqualTo(Outcome.NOT_FOUND);
    assertThat(stage.store.forgotten("A.B")).isEqualTo(1);
  }

  @Test
  void indexSkipsMailboxesWithMoreNewMails() {
    Flags recent = Flags.of(List.of(Flag.RECENT), List.of());
    stage.mail("Busy", "a", recent);
    stage.mail("Busy", "b", recent);
    assertThat(run("index -n 1 *")).isEqualTo(Outcome.OK);
    assertThat(run("index -n x *")).isEqualTo(Outcome.USAGE);
    assertThat(run("index -n 0 *")).isEqualTo(Outcome.USAGE);
  }

  @Test
  void quotaIsShownWithItsLimits() {
    assertThat(run("quota get")).isEqualTo(Outcome.NOT_FOUND);
    assertThat(run("quota recalc")).isEqualTo(Outcome.NOT_FOUND);
    assertThat(stage.store.recalculations()).isZero();
    QuotaRules rules =
        QuotaRules.of("count:Mine", List.of("*:storage=10M", "Trash:ignore")).orElseThrow();
    stage = new Stage(new MemoryMailStore(rules));
    stage.store.add("INBOX", "x".repeat(1025), Flags.NONE, 1);
    stage.store.add("Trash", "x".repeat(5000), Flags.NONE, 1);
    assertThat(run("quota get")).isEqualTo(Outcome.OK);
    assertThat(stage.rows)
        .containsExactly(
            List.of("Mine", "STORAGE", "2", "10240", "0"),
            List.of("Mine", "MESSAGE", "1", "-", "0"));
    assertThat(run("quota get --quota maildir:Other")).isEqualTo(Outcome.OK);
    assertThat(stage.column(0)).containsOnly("Other");
    assertThat(run("quota get --quota nonsense:x")).isEqualTo(Outcome.USAGE);
    assertThat(run("quota recalc")).isEqualTo(Outcome.OK);
    assertThat(stage.store.recalculations()).isEqualTo(1);
  }

  @Test
  void whatIsCancelledStopsBetweenMailboxes() {
    stage.patience = 1;
    assertThat(run("mailbox create A B")).isEqualTo(Outcome.CANCELLED);
    assertThat(stage.store.contents()).containsOnlyKeys("INBOX", "A");
  }
}
