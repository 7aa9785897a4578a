package org.doveadmsshd.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailGoneException;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.QuotaRules;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of mail promises, whatever it keeps the mail in. */
abstract class MailStoreContract {
  private static final String MAIL = "From: jane@example.org\nSubject: one\n\nHello\n";
  private static final Flags SEEN = Flags.of(List.of(Flag.SEEN), List.of());
  private static final Flags MARKED = Flags.of(List.of(Flag.FLAGGED), List.of("Later"));
  private static final Flags RECENT = Flags.of(List.of(Flag.RECENT), List.of());

  private MailStore store;

  /** The mail of a user who has an empty INBOX and nothing else. */
  abstract MailStore open(QuotaRules rules) throws Exception;

  @BeforeEach
  void open() throws Exception {
    store = open(QuotaRules.NONE);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private Mailbox mailbox(String name) throws Failure {
    return store.find(name).orElseThrow();
  }

  private void save(String mailbox, String text, Delivery.About about) throws Failure {
    try (Mailbox target = mailbox(mailbox);
        Delivery delivery = target.deliver()) {
      delivery.save(stream(text), about);
      assertThat(delivery.commit()).isEqualTo(1);
      assertThat(delivery.arrived()).isEqualTo(1);
    }
  }

  private static Delivery.About about(Flags flags, long received) {
    return new Delivery.About(
        flags, OptionalLong.of(received), Optional.empty(), OptionalLong.empty());
  }

  private List<String> texts(String name) throws Exception {
    List<String> texts = new ArrayList<>();
    try (Mailbox mailbox = mailbox(name)) {
      for (Mail mail : mailbox.mails(true)) {
        try (InputStream in = mail.open()) {
          texts.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
    }
    return texts;
  }

  private static void assertFails(Outcome outcome, String saying, ThrowingCallable what) {
    assertThatThrownBy(what)
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.outcome()).isEqualTo(outcome);
              assertThat(failure.getMessage()).contains(saying).doesNotContain("\n");
            });
  }

  @Test
  void theInboxIsThereInAnyCaseAndOtherNamesAreExact() throws Exception {
    store.create("Work", Optional.empty());
    for (String name : List.of("INBOX", "inbox", "InBox")) {
      try (Mailbox inbox = mailbox(name)) {
        assertThat(inbox.name()).isEqualTo("INBOX");
        assertThat(inbox.mails(true)).isEmpty();
        assertThat(inbox.count()).isZero();
      }
    }
    assertThat(store.find("work")).isEmpty();
    assertThat(store.find("")).isEmpty();
    assertThat(store.isThere()).isTrue();
  }

  @Test
  void listsMailboxesAndParentsThatAreOnlyNames() throws Exception {
    store.create("A.B.C", Optional.empty());
    store.create("Größe", Optional.empty());
    assertThat(store.list())
        .containsExactlyInAnyOrder(
            new MailStore.ListedName("INBOX", true),
            new MailStore.ListedName("A", false),
            new MailStore.ListedName("A.B", false),
            new MailStore.ListedName("A.B.C", true),
            new MailStore.ListedName("Größe", true));
    assertThat(store.find("A")).isEmpty();
  }

  @Test
  void aMailboxIsMadeOnceAndHasTheIdentityItIsGiven() throws Exception {
    String guid = "0123456789abcdef0123456789abcdef";
    store.create("Work", Optional.of(guid));
    try (Mailbox work = mailbox("Work")) {
      assertThat(work.identifiers().guid()).isEqualTo(guid);
      assertThat(work.identifiers().uidNext()).isEqualTo(1);
      assertThat(work.identifiers().uidValidity()).isPositive();
    }
    assertFails(Outcome.DATA_ERROR, "Work", () -> store.create("Work", Optional.empty()));
    assertFails(Outcome.DATA_ERROR, "inbox", () -> store.create("inbox", Optional.empty()));
  }

  @Test
  void namesThatNoMailboxCanHaveAreRefused() {
    for (String name : List.of("", ".", "a.", ".a", "a..b", "a/b", "x".repeat(300))) {
      assertFails(Outcome.USAGE, name, () -> store.create(name, Optional.empty()));
      assertFails(Outcome.USAGE, name, () -> store.subscribe(List.of("Fine", name), true));
      assertFails(Outcome.USAGE, name, () -> store.path(name, MailStore.PathType.MAILBOX));
    }
    assertThatNothingIsThere();
  }

  private void assertThatNothingIsThere() {
    try {
      assertThat(store.list()).containsExactly(new MailStore.ListedName("INBOX", true));
      assertThat(store.subscriptions()).isEmpty();
    } catch (Failure e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatIsSavedIsThereWithFlagsDatesAndSizes() throws Exception {
    save("INBOX", MAIL.replace("\n", "\r\n"), about(MARKED, 1_600_000_000));
    assertThat(texts("INBOX")).containsExactly(MAIL);
    try (Mailbox inbox = mailbox("INBOX")) {
      Mail mail = inbox.mails(true).get(0);
      assertThat(mail.flags().minus(RECENT)).isEqualTo(MARKED);
      assertThat(mail.received()).isEqualTo(1_600_000_000);
      assertThat(mail.physicalSize()).isEqualTo(MAIL.length());
      assertThat(mail.virtualSize()).isEqualTo(MAIL.length() + 4);
      assertThat(mail.uid()).isEqualTo(1);
      assertThat(mail.sequence()).isEqualTo(1);
      assertThat(mail.guid()).isNotEmpty();
      assertThat(mail.references()).isEqualTo(1);
      assertThat(inbox.identifiers().uidNext()).isEqualTo(2);
    }
  }

  @Test
  void nothingIsSeenBeforeItIsCommittedNorAfterItIsGivenUp() throws Exception {
    try (Mailbox inbox = mailbox("INBOX")) {
      try (Delivery delivery = inbox.deliver()) {
        delivery.save(stream(MAIL), Delivery.About.NEW);
        assertThat(texts("INBOX")).isEmpty();
        assertThat(delivery.arrived()).isZero();
      }
    }
    assertThat(texts("INBOX")).isEmpty();
  }

  @Test
  void mailsComeInTheOrderInWhichTheyWereTaken() throws Exception {
    try (Mailbox inbox = mailbox("INBOX");
        Delivery delivery = inbox.deliver()) {
      for (String text : List.of("c", "a", "b")) {
        delivery.save(stream(text + "\n"), Delivery.About.NEW);
      }
      assertThat(delivery.commit()).isEqualTo(3);
    }
    assertThat(texts("INBOX")).containsExactly("c\n", "a\n", "b\n");
  }

  @Test
  void aMailHasTheUidAndTheIdentityItIsGivenUnlessTheUidWasUsed() throws Exception {
    Delivery.About seventh =
        new Delivery.About(SEEN, OptionalLong.empty(), Optional.of("own"), OptionalLong.of(7));
    save("INBOX", MAIL, seventh);
    try (Mailbox inbox = mailbox("INBOX")) {
      assertThat(inbox.mails(true).get(0).uid()).isEqualTo(7);
      assertThat(inbox.mails(true).get(0).guid()).isEqualTo("own");
      assertThat(inbox.identifiers().uidNext()).isEqualTo(8);
    }
    save("INBOX", MAIL, seventh);
    try (Mailbox inbox = mailbox("INBOX")) {
      assertThat(inbox.mails(true).get(1).uid()).isEqualTo(8);
    }
  }

  @Test
  void flagsAreExactlyThoseGivenAndExpungedMailsArePassedOver() throws Exception {
    save("INBOX", "a\n", about(SEEN, 1));
    save("INBOX", "b\n", about(SEEN, 1));
    try (Mailbox inbox = mailbox("INBOX")) {
      List<? extends Mail> mails = inbox.mails(true);
      Mail first = mails.get(0);
      Mail second = mails.get(1);
      second.expunge();
      Map<Mail, Flags> changes = new LinkedHashMap<>();
      changes.put(second, MARKED);
      changes.put(first, MARKED);
      inbox.setFlags(changes);
      inbox.setFlags(Map.<Mail, Flags>of());
    }
    try (Mailbox inbox = mailbox("INBOX")) {
      assertThat(inbox.mails(true)).hasSize(1);
      assertThat(inbox.mails(true).get(0).flags().minus(RECENT)).isEqualTo(MARKED);
    }
  }

  @Test
  void anExpungedMailIsGoneAndItsUidIsNotGivenAgain() throws Exception {
    save("INBOX", "a\n", Delivery.About.NEW);
    try (Mailbox inbox = mailbox("INBOX")) {
      Mail mail = inbox.mails(true).get(0);
      mail.expunge();
      assertThatThrownBy(mail::open).isInstanceOf(MailGoneException.class);
      assertThatThrownBy(mail::expunge).isInstanceOf(MailGoneException.class);
    }
    save("INBOX", "b\n", Delivery.About.NEW);
    assertThat(texts("INBOX")).containsExactly("b\n");
    try (Mailbox inbox = mailbox("INBOX")) {
      assertThat(inbox.mails(true).get(0).uid()).isEqualTo(2);
    }
  }

  @Test
  void aCopyHasFlagsIdentityAndDatesAndTheSourceStays() throws Exception {
    save("INBOX", MAIL, about(MARKED, 1_600_000_000));
    store.create("Copies", Optional.empty());
    try (Mailbox inbox = mailbox("INBOX");
        Mailbox copies = mailbox("Copies")) {
      Mail source = inbox.mails(true).get(0);
      try (Delivery delivery = copies.deliver()) {
        delivery.copy(source);
        assertThat(delivery.commit()).isEqualTo(1);
      }
      Mail copy = mailbox("Copies").mails(true).get(0);
      assertThat(copy.guid()).isEqualTo(source.guid());
      assertThat(copy.received()).isEqualTo(1_600_000_000);
      assertThat(copy.flags().minus(RECENT)).isEqualTo(MARKED);
    }
    assertThat(texts("INBOX")).containsExactly(MAIL);
    assertThat(texts("Copies")).containsExactly(MAIL);
  }

  @Test
  void aMoveTakesTheMailAwayAtTheCommitAndOneThatIsGoneDoesNotCome() throws Exception {
    save("INBOX", "a\n", about(MARKED, 1_600_000_000));
    save("INBOX", "b\n", Delivery.About.NEW);
    store.create("Target", Optional.empty());
    try (Mailbox inbox = mailbox("INBOX");
        Mailbox target = mailbox("Target");
        Delivery delivery = target.deliver()) {
      List<? extends Mail> mails = inbox.mails(true);
      Mail first = mails.get(0);
      Mail second = mails.get(1);
      delivery.move(first);
      delivery.move(second);
      assertThat(texts("INBOX")).hasSize(2);
      second.expunge();
      assertThat(delivery.commit()).isEqualTo(1);
      assertThat(delivery.arrived()).isEqualTo(1);
    }
    assertThat(texts("INBOX")).isEmpty();
    assertThat(texts("Target")).containsExactly("a\n");
  }

  @Test
  void aMailboxIsRemovedWithItsMailsButNotTheInboxNorChildren() throws Exception {
    store.create("A", Optional.empty());
    store.create("A.B", Optional.empty());
    save("A", MAIL, Delivery.About.NEW);
    assertFails(Outcome.DATA_ERROR, "A", () -> store.delete("A", true, false));
    assertFails(Outcome.DATA_ERROR, "INBOX", () -> store.delete("inbox", false, true));
    assertFails(Outcome.NOT_FOUND, "Missing", () -> store.delete("Missing", false, false));
    assertThat(texts("A")).hasSize(1);
    store.delete("A", false, false);
    assertThat(store.find("A")).isEmpty();
    assertThat(mailbox("A.B").mails(false)).isEmpty();
    store.delete("A.B", true, false);
    assertThatNothingIsThere();
  }

  @Test
  void aMailboxIsRenamedWithMailsIdentityAndChildren() throws Exception {
    store.create("A", Optional.empty());
    store.create("A.B", Optional.empty());
    store.create("Taken", Optional.empty());
    save("A.B", MAIL, Delivery.About.NEW);
    Mailbox.Identifiers before = identity("A.B");
    assertFails(Outcome.DATA_ERROR, "", () -> store.rename("A", "Taken"));
    assertFails(Outcome.DATA_ERROR, "INBOX", () -> store.rename("INBOX", "X"));
    assertFails(Outcome.DATA_ERROR, "INBOX", () -> store.rename("A", "inbox"));
    assertFails(Outcome.NOT_FOUND, "Missing", () -> store.rename("Missing", "X"));
    assertFails(Outcome.USAGE, "X/Y", () -> store.rename("A", "X/Y"));
    assertThat(texts("A.B")).containsExactly(MAIL);
    store.rename("A", "Z.Y");
    assertThat(store.find("A.B")).isEmpty();
    assertThat(store.find("A")).isEmpty();
    assertThat(texts("Z.Y")).isEmpty();
    assertThat(texts("Z.Y.B")).containsExactly(MAIL);
    assertThat(identity("Z.Y.B")).isEqualTo(before);
  }

  private Mailbox.Identifiers identity(String name) throws Failure {
    try (Mailbox mailbox = mailbox(name)) {
      return mailbox.identifiers();
    }
  }

  @Test
  void subscriptionsKeepTheirOrderAndNeedNoMailbox() throws Exception {
    assertThat(store.subscribe(List.of("b", "a"), true)).isEmpty();
    assertThat(store.subscribe(List.of("a", "c"), true)).containsExactly("a");
    assertThat(store.subscriptions()).containsExactly("b", "a", "c");
    assertThat(store.subscribe(List.of("a", "x"), false)).containsExactly("x");
    assertThat(store.subscriptions()).containsExactly("b", "c");
  }

  @Test
  void identityChangesAsToldAndUidsNeverGoBack() throws Exception {
    store.create("Work", Optional.empty());
    save("Work", MAIL, Delivery.About.NEW);
    assertThat(texts("Work")).hasSize(1); // who looks gives UIDs
    String guid = "f".repeat(32);
    try (Mailbox work = mailbox("Work")) {
      work.update(
          new Mailbox.Update(Optional.of(guid), OptionalLong.of(4711), OptionalLong.of(90)));
    }
    assertThat(identity("Work")).isEqualTo(new Mailbox.Identifiers(guid, 4711, 90));
    try (Mailbox work = mailbox("Work")) {
      work.update(new Mailbox.Update(Optional.empty(), OptionalLong.empty(), OptionalLong.of(3)));
      work.resync();
      work.forget();
    }
    assertThat(identity("Work")).isEqualTo(new Mailbox.Identifiers(guid, 4711, 90));
    save("Work", MAIL, Delivery.About.NEW);
    try (Mailbox work = mailbox("Work")) {
      assertThat(work.mails(true).get(1).uid()).isEqualTo(90);
    }
  }

  @Test
  void whatExceedsTheQuotaIsRefusedAndNothingOfItComes() throws Exception {
    store.close();
    QuotaRules rules =
        QuotaRules.of("count:Mine", List.of("*:messages=2:bytes=1k", "Trash:ignore")).get();
    store = open(rules);
    store.create("Trash", Optional.empty());
    save("INBOX", "a\n", Delivery.About.NEW);
    save("Trash", "x".repeat(2000) + "\n", Delivery.About.NEW);
    assertThat(store.quotaRules()).isEqualTo(rules);
    assertThat(store.quota(rules))
        .isEqualTo(new org.doveadmsshd.storage.QuotaUsage("Mine", 3, 1, 1024, 2));
    assertFails(
        Outcome.OVER_QUOTA,
        "Quota exceeded",
        () -> save("INBOX", "x".repeat(1030), Delivery.About.NEW));
    save("INBOX", "b\n", Delivery.About.NEW);
    assertFails(Outcome.OVER_QUOTA, "Quota exceeded", () -> save("INBOX", "c", Delivery.About.NEW));
    assertThat(texts("INBOX")).containsExactly("a\n", "b\n");
    store.recalculateQuota();
    assertThat(store.quota(rules).messages()).isEqualTo(2);
  }
}
