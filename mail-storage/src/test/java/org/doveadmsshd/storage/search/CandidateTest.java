package org.doveadmsshd.storage.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.UnreadableMailException;
import org.doveadmsshd.storage.mime.HeaderField;
import org.doveadmsshd.storage.mime.MimeScanner;
import org.doveadmsshd.storage.mime.SentDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much of a mail is read for what is asked of it, and what is known of it then. */
class CandidateTest {
  private static final int FIRST_READ = 4096;

  private final Candidate candidate = new Candidate(1);

  private static FakeMail withBody(String header, int bytes) {
    return FakeMail.of(header + "x".repeat(bytes));
  }

  private static Plan plan(String... words) throws QueryException {
    return Plan.of(QueryParser.parse(List.of(words), Instant.EPOCH, () -> ZoneOffset.UTC), "INBOX");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Subject: one\n\n",
        "Subject: one\r\n\r\n",
        "Subject: one\nTo: a\r\n\r\n",
        "Subject: one\r\nTo: a\n\n"
      })
  void forAHeaderOnlyTheBeginningOfTheMailIsRead(String header) throws Failure {
    FakeMail mail = withBody(header, 1_000_000);
    assertThat(candidate.take(mail).header("subject")).containsExactly("one");
    assertThat(candidate.header("SUBJECT")).containsExactly("one");
    assertThat(candidate.header("nosuch")).isEmpty();
    assertThat(mail.looks).containsExactly("open");
    assertThat(mail.read).isEqualTo(FIRST_READ);
  }

  @Test
  void aMailThatBeginsWithAnEmptyLineHasNoHeader() throws Failure {
    FakeMail mail = withBody("\nSubject: none\n", 1_000_000);
    assertThat(candidate.take(mail).header("subject")).isEmpty();
    assertThat(mail.read).isEqualTo(FIRST_READ);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4094, 4095, 4096, 4097, 65_534, 65_535, 65_536, 65_537, 300_000})
  void aHeaderIsReadToItsEndHoweverLongItIs(int length) throws Failure {
    String header = "X: " + "x".repeat(length) + "\nSubject: last\n\nSubject: body\n";
    for (String lines : List.of(header, header.replace("\n", "\r\n"))) {
      FakeMail mail = withBody(lines, 100_000);
      assertThat(candidate.take(mail).header("subject")).containsExactly("last");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 5000, 60_000})
  void aMailIsOpenedOnceHoweverLongItsHeaderIs(int length) throws Failure {
    FakeMail mail = withBody("X: " + "x".repeat(length) + "\nSubject: one\n\n", 100_000);
    candidate.take(mail);
    assertThat(candidate.header("subject")).containsExactly("one");
    assertThat(plan("body", "needle").matches(candidate)).isFalse();
    assertThat(candidate.header("subject")).containsExactly("one");
    assertThat(mail.looks).containsExactly("open", "close");
    assertThat(mail.read).isEqualTo(mail.content.length);
  }

  @Test
  void forAHeaderOfSixtyKilobytesNoMoreIsRead() throws Failure {
    FakeMail mail = withBody("X: " + "x".repeat(50_000) + "\nSubject: one\n\n", 1_000_000);
    assertThat(candidate.take(mail).header("subject")).containsExactly("one");
    assertThat(mail.read).isEqualTo(MimeScanner.BUFFER);
  }

  @Test
  void aMailOfOnlyAHeaderNeedsNoEmptyLine() throws Failure {
    assertThat(candidate.take(FakeMail.of("Subject: one\nTo: two")).header("to"))
        .containsExactly("two");
    assertThat(candidate.take(FakeMail.of("")).header("to")).isEmpty();
  }

  @Test
  void whatWasReadForTheHeaderIsNotReadAgainForTheBody() throws Failure {
    FakeMail mail = withBody("Subject: one\n\n", 1_000_000);
    candidate.take(mail);
    assertThat(plan("subject", "one").matches(candidate)).isTrue();
    assertThat(plan("body", "needle").matches(candidate)).isFalse();
    assertThat(mail.looks).containsExactly("open", "close");
    assertThat(mail.read).isEqualTo(mail.content.length);
  }

  @Test
  void theHeaderOfALongMailIsKnownAfterItsBodyWasRead() throws Failure {
    FakeMail mail = withBody("Subject: one\nTo: a\n\n", 1_000_000);
    candidate.take(mail);
    assertThat(candidate.structure().root().first("to")).isEqualTo("a");
    assertThat(candidate.header("subject")).containsExactly("one");
    assertThat(mail.looks).containsExactly("open", "close");
  }

  @Test
  void theStructureIsLookedForOnce() throws Failure {
    FakeMail mail = withBody("Subject: one\n\n", 1_000_000);
    candidate.take(mail);
    assertThat(candidate.structure()).isSameAs(candidate.structure());
    assertThat(mail.looks).containsExactly("open", "close");
  }

  @Test
  void aLongMailIsOpenedAgainForWhatIsAskedLater() throws Failure {
    String body = "x".repeat(200_000) + "needle";
    FakeMail mail = FakeMail.of("Subject: one\n\n" + body);
    candidate.take(mail);
    assertThat(plan("body", "nothing").matches(candidate)).isFalse();
    candidate.structure();
    assertThat(mail.looks).containsExactly("open", "close", "open", "close");
    assertThat(candidate.structure().root().part().end().offset()).isEqualTo(mail.content.length);
  }

  @Test
  void aTextAtTheEndOfALongMailIsFoundByEachQuery() throws Failure {
    FakeMail mail = FakeMail.of("Subject: one\n\n" + "x".repeat(200_000) + "needle");
    assertThat(plan("body", "needle").matches(candidate.take(mail))).isTrue();
    assertThat(plan("body", "needle").matches(candidate.take(mail))).isTrue();
    assertThat(plan("text", "needle").matches(candidate.take(mail))).isTrue();
  }

  @Test
  void aMailThatWasReadInPartIsClosedBeforeTheNext() throws Failure {
    FakeMail first = withBody("Subject: one\n\n", 1_000_000);
    FakeMail second = withBody("Subject: two\n\n", 1_000_000);
    assertThat(candidate.take(first).header("subject")).containsExactly("one");
    assertThat(candidate.take(second).header("subject")).containsExactly("two");
    assertThat(first.looks).containsExactly("open", "close");
    candidate.close();
    assertThat(second.looks).containsExactly("open", "close");
    candidate.close();
    assertThat(second.looks).containsExactly("open", "close");
  }

  @Test
  void aShortMailIsClosedAsSoonAsItIsRead() throws Failure {
    FakeMail mail = FakeMail.of("Subject: one\n\nx\n");
    candidate.take(mail).header("subject");
    assertThat(mail.looks).containsExactly("open", "close");
  }

  @Test
  void nothingOfTheLastMailIsSaidOfTheNext() throws Failure {
    Plan plan = plan("body", "one");
    assertThat(plan.matches(candidate.take(FakeMail.of("Subject: a\n\none")))).isTrue();
    assertThat(plan.matches(candidate.take(FakeMail.of("Subject: b\n\ntwo")))).isFalse();
    assertThat(candidate.structure().root().first("subject")).isEqualTo("b");
    candidate.take(FakeMail.of("Subject: c\n\n"));
    assertThat(candidate.structure().root().first("subject")).isEqualTo("c");
  }

  @Test
  void aRememberedFieldIsNotRead() throws Failure {
    FakeMail mail = FakeMail.of("Subject: in the mail\n\n");
    mail.remembered.put("subject", List.of("by heart", "twice"));
    assertThat(candidate.take(mail).header("subject")).containsExactly("by heart", "twice");
    assertThat(mail.looks).isEmpty();
  }

  @Test
  void theStoreIsToldOfAllFieldsItWantsToRememberWhenOneIsRead() throws Failure {
    FakeMail mail = FakeMail.of("To: a\nX: x\nSubject: one\nTO: b\n\n");
    mail.rememberedNames = List.of("subject", "to");
    assertThat(candidate.take(mail).header("Subject")).containsExactly("one");
    assertThat(mail.told).extracting(HeaderField::name).containsExactly("To", "Subject", "TO");
    assertThat(mail.told).extracting(HeaderField::value).containsExactly("a", "one", "b");
  }

  @Test
  void theStoreIsToldNothingWhenAnotherFieldIsRead() throws Failure {
    FakeMail mail = FakeMail.of("To: a\nX: x\n\n");
    mail.rememberedNames = List.of("subject", "to");
    assertThat(candidate.take(mail).header("x")).containsExactly("x");
    assertThat(mail.told).isEmpty();
  }

  @Test
  void aSearchForOneFieldDoesNotFillMemoryWithOthers() throws Failure {
    String big = "X: " + "x".repeat(MimeScanner.MAX_FIELD / 2) + "\n";
    FakeMail mail = FakeMail.of(big.repeat(20) + "Subject: behind them\n\n");
    assertThat(candidate.take(mail).header("subject")).containsExactly("behind them");
  }

  @Test
  void fieldsOfOneNameAreKeptUpToALimit() throws Failure {
    String field = "X: " + "x".repeat(999_999) + "\n";
    int fits = Candidate.MAX_HEADER / 1_000_000; // name and value of each are a million bytes
    FakeMail mail = FakeMail.of(field.repeat(fits + 3) + "Subject: one\n\n");
    assertThat(candidate.take(mail).header("x")).hasSize(fits);
    assertThat(candidate.header("subject")).containsExactly("one");
  }

  @Test
  void theDateOfAMailWithoutOneIs1970() throws Failure {
    assertThat(candidate.take(FakeMail.of("Date: whenever\n\n")).sent()).isEqualTo(SentDate.NONE);
    assertThat(candidate.take(FakeMail.of("Subject: x\n\n")).sent()).isEqualTo(SentDate.NONE);
    FakeMail dated =
        FakeMail.of("Date: Thu, 1 Jan 1970 02:00:00 +0100\nDate: 2 Jan 1970 00:00 GMT\n\n");
    assertThat(candidate.take(dated).sent()).isEqualTo(new SentDate(3600, 3600));
  }

  @Test
  void aMailThatCannotBeReadIsAFailureThatNamesTheReason() {
    FakeMail mail = FakeMail.of("Subject: one\n");
    mail.broken = new IOException("Input/output error");
    assertThatThrownBy(() -> candidate.take(mail).header("subject"))
        .isInstanceOf(MailFailure.class)
        .hasMessage("A mail cannot be read: Input/output error");
  }

  @Test
  void aMailThatIsNoneToReadSaysItself() {
    MailFailure failure = new MailFailure("Mailbox INBOX: mail 1: is encrypted", null);
    FakeMail mail = FakeMail.of("Subject: one\n");
    mail.broken = new UnreadableMailException(failure);
    assertThatThrownBy(() -> candidate.take(mail).structure()).isSameAs(failure);
  }

  @Test
  void flagsAreAskedForOnce() throws Failure {
    FakeMail mail = FakeMail.of("".getBytes(StandardCharsets.UTF_8));
    candidate.take(mail);
    assertThat(candidate.flags()).isSameAs(candidate.flags());
    assertThat(mail.looks).containsExactly("flags");
    candidate.take(mail).flags();
    assertThat(mail.looks).containsExactly("flags", "flags");
  }
}
