package org.doveadmsshd.storage.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.MailGoneException;
import org.doveadmsshd.storage.MailStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of a query for one mailbox. */
class PlanTest {
  private static final String GUID = "0123456789abcdef0123456789abcdef";

  private static Query parse(String query) throws QueryException {
    return QueryParser.parse(
        List.of(query.split(" ")), Instant.parse("2026-06-15T12:00:00Z"), () -> ZoneOffset.UTC);
  }

  @ParameterizedTest
  @CsvSource({
    "mailbox INBOX, false",
    "mailbox Trash, true",
    "mailbox Tr* seen, true",
    "seen mailbox Trash, true",
    "mailbox Trash or mailbox INBOX, false",
    "mailbox Trash or seen, false",
    "mailbox Trash or mailbox Junk, true",
    "not mailbox Trash, false",
    "not mailbox INBOX, true",
    "not ( mailbox INBOX seen ), false",
    "not ( mailbox INBOX or seen ), true",
    "not not mailbox Trash, true",
    "inthread refs mailbox Trash, true",
    "inthread refs mailbox INBOX, false",
    "$, true",
    "not $, false",
    "mailbox-guid 0123456789abcdef0123456789abcdef, false",
    "mailbox-guid ffffffffffffffffffffffffffffffff, true",
    "not mailbox-guid 0123456789abcdef0123456789abcdef, true",
  })
  void aMailboxInWhichNothingCanMatchIsKnownWithoutLookingAtMails(String query, boolean empty)
      throws Failure {
    assertThat(Plan.of(parse(query), "INBOX", GUID).isEmpty()).isEqualTo(empty);
  }

  @ParameterizedTest
  @CsvSource({
    "seen, false",
    "mailbox-guid x, true",
    "seen mailbox-guid x, true",
    "not ( seen or mailbox-guid x ), true",
    "inthread refs mailbox-guid x, true",
    "mailbox x, false"
  })
  void theGuidOfAMailboxIsAskedForOnlyWhereAKeyNeedsIt(String query, boolean needed)
      throws Failure {
    assertThat(Plan.needsGuid(parse(query))).isEqualTo(needed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1:*",
        "uid 1",
        "x-real-uid 1",
        "guid x",
        "recent",
        "new",
        "old",
        "not recent",
        "seen uid 1",
        "seen or uid 1",
        "inthread refs seen",
        "not inthread refs seen"
      })
  void numbersAreGivenToMailsWhereAKeyNeedsThem(String query) throws Failure {
    assertThat(Plan.of(parse(query), "INBOX").needsNumbers()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "all",
        "seen",
        "keyword a",
        "before 30d",
        "subject x",
        "body x",
        "text x",
        "not ( seen or body x )",
        "larger 5k",
        "mimepart type text",
        "mailbox INBOX",
        "mailbox Trash uid 1"
      })
  void withoutSuchAKeyNothingIsWritten(String query) throws Failure {
    assertThat(Plan.of(parse(query), "INBOX").needsNumbers()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "all # list the mails/every mail matches",
        "mailbox INBOX # list the mails/every mail matches",
        "mailbox Trash # list the mails/no mail can match",
        "seen # list the mails/file name: SEEN",
        "body a text b uid 5 before 2026-01-01 subject c seen"
            + " # read the UID list, give new mails their UIDs/list the mails/all of:"
            + "/  file name: UID 5/  file name: SEEN/  stat: BEFORE 2026-01-01"
            + "/  header: SUBJECT c/  body: BODY a/  body: TEXT b"
            + "/(the 2 texts are looked for in one pass over the body)",
        "body a or not ( seen larger 5k )"
            + " # list the mails/any of:/  not:/    all of:/      file name: SEEN"
            + "/      stat: LARGER 5k/  body: BODY a",
        "inthread refs subject a # read the UID list, give new mails their UIDs/list the mails"
            + "/in a thread (REFS, all headers are read) with:/  header: SUBJECT a",
        "inthread references ( body a or body b ) seen"
            + " # read the UID list, give new mails their UIDs/list the mails/all of:"
            + "/  file name: SEEN/  in a thread (REFERENCES, all headers are read) with:"
            + "/    any of:/      body: BODY a/      body: BODY b"
            + "/(the 2 texts are looked for in one pass over the body)",
        "mimepart ( type text body x ) # list the mails/body: MIMEPART ( type text body x )",
        "header x-a b # list the mails/header: x-a b",
        "senton 1-Jan-2026 savedon 2d # list the mails/all of:/  stat: SAVEDON 2d"
            + "/  header: SENTON 1-Jan-2026",
        "new # read the UID list, give new mails their UIDs/list the mails/all of:"
            + "/  file name: RECENT/  file name: UNSEEN",
        "keyword a unkeyword b guid c # read the UID list, give new mails their UIDs"
            + "/list the mails/all of:/  file name: KEYWORD a/  file name: UNKEYWORD b"
            + "/  file name: GUID c",
      })
  void aPlanSaysInWhichOrderWhatIsLookedAt(String query, String lines) throws Failure {
    assertThat(Plan.of(parse(query.strip()), "INBOX").explain())
        .containsExactly(lines.strip().split("/"));
  }

  private static FakeMail dated(String header) {
    FakeMail mail = FakeMail.of(header + "Subject: x\n\nbody\n");
    mail.flags = Flags.of(List.of(Flag.SEEN), List.of());
    return mail;
  }

  @ParameterizedTest
  @CsvSource({
    "sentbefore 2026-01-01, true, false",
    "sentsince 1990-01-01, false, false",
    "not sentsince 1990-01-01, true, false",
    "not sentbefore 2026-01-01, false, false",
    "not not sentbefore 2026-01-01, true, false",
    "not ( seen sentsince 1990-01-01 ), true, false",
    "seen sentbefore 2026-01-01, true, false",
    "flagged or sentbefore 2026-01-01, true, false",
    "seen or sentbefore 2026-01-01, true, true",
    "senton 1970-01-01, true, false",
    "seen, true, true",
    "before 2026-01-01, true, true",
    "inthread refs sentbefore 2026-01-01, true, false",
    "not inthread refs sentsince 1990-01-01, true, false",
    "inthread refs not sentsince 1990-01-01, true, false",
  })
  void whereMailsAreRemovedAnUnreadableDateMatchesNeitherAKeyNorItsOpposite(
      String query, boolean shown, boolean removed) throws Failure {
    for (String header : List.of("", "Date: whenever\n")) {
      assertThat(matches(query, dated(header), false)).as(header).isEqualTo(shown);
      assertThat(matches(query, dated(header), true)).as(header).isEqualTo(removed);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sentbefore 2026-01-01, true",
    "sentsince 2026-01-01, false",
    "not sentsince 2026-01-01, true",
    "inthread refs sentbefore 2026-01-01, true"
  })
  void whereMailsAreRemovedAReadableDateIsComparedAsEver(String query, boolean expected)
      throws Failure {
    FakeMail mail = dated("Date: 1 Jan 2020 00:00:00 +0000\n");
    assertThat(matches(query, mail, true)).isEqualTo(expected);
    assertThat(matches(query, mail, false)).isEqualTo(expected);
  }

  private static boolean matches(String query, FakeMail mail, boolean removes) throws Failure {
    Plan plan = Plan.of(parse(query), new MailStore.ListedName("INBOX", true), "", removes);
    try (Candidate candidate = new Candidate(1)) {
      plan.begin(List.of(mail), candidate, bytes -> {});
      return plan.matches(candidate.take(mail));
    }
  }

  private static FakeMail inThread(int sequence, String references) {
    FakeMail mail =
        FakeMail.of("Message-ID: <%d@x>\nReferences: %s\n\nx\n".formatted(sequence, references));
    mail.sequence = sequence;
    mail.uid = sequence;
    return mail;
  }

  @Test
  void aMailThatCannotBeReadIsToldAndIsInNoThread() throws Failure {
    FakeMail first = inThread(1, "");
    FakeMail broken = inThread(2, "<1@x>");
    FakeMail third = inThread(3, "<2@x>");
    broken.failure = new MailFailure("Mailbox INBOX: mail 2: Input/output error", null);
    Plan plan = Plan.of(parse("inthread refs uid 1"), "INBOX");
    try (Candidate candidate = new Candidate(3)) {
      assertThat(plan.begin(List.of(first, broken, third), candidate, bytes -> {}))
          .containsExactly((MailFailure) broken.failure);
      assertThat(plan.matches(candidate.take(first))).isTrue();
      assertThat(plan.matches(candidate.take(broken))).isFalse();
      assertThat(plan.matches(candidate.take(third))).isFalse();
    }
  }

  @Test
  void aMailThatIsGoneIsPassedOver() throws Failure {
    FakeMail first = inThread(1, "");
    FakeMail gone = inThread(2, "<1@x>");
    gone.failure = new MailGoneException("INBOX");
    Plan plan = Plan.of(parse("inthread refs uid 1:99"), "INBOX");
    try (Candidate candidate = new Candidate(2)) {
      assertThat(plan.begin(List.of(first, gone), candidate, bytes -> {})).isEmpty();
      assertThat(plan.matches(candidate.take(first))).isTrue();
      assertThat(plan.matches(candidate.take(gone))).isFalse();
    }
  }

  @Test
  void anyOtherFailureEndsTheSearch() throws Failure {
    FakeMail mail = inThread(1, "");
    mail.failure = Failure.temporary("the disk is gone", null);
    Plan plan = Plan.of(parse("inthread refs uid 1:99"), "INBOX");
    try (Candidate candidate = new Candidate(1)) {
      assertThatThrownBy(() -> plan.begin(List.of(mail), candidate, bytes -> {}))
          .isSameAs(mail.failure);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"seen", "body x", "subject x or not body y", "mimepart type text"})
  void aQueryAboutSingleMailsLooksAtNoneBeforehand(String query) throws Failure {
    FakeMail mail = inThread(1, "");
    Plan plan = Plan.of(parse(query), "INBOX");
    try (Candidate candidate = new Candidate(1)) {
      assertThat(
              plan.begin(
                  List.of(mail),
                  candidate,
                  bytes -> {
                    throw new AssertionError("nothing is kept");
                  }))
          .isEmpty();
    }
    assertThat(mail.looks).isEmpty();
  }

  @Test
  void threadsTakeMemoryInProportionToWhatIsKeptOfMails() throws Failure {
    long one = held("inthread refs uid 1:99", "a", "");
    assertThat(one).isPositive();
    assertThat(held("inthread refs uid 1:99", "", "")).as("without an id").isBetween(1L, one - 1);
    assertThat(held("inthread refs uid 1:99", "a".repeat(1000), ""))
        .isEqualTo(held("inthread refs uid 1:99", "a", "") + 2 * 999);
    assertThat(held("inthread refs uid 1:99", "a", "<b@x> <c@x>"))
        .isGreaterThan(held("inthread refs uid 1:99", "a", "<b@x>") + 6);
    assertThat(held("inthread refs uid 1:99", "a", "<b@x> <b@x>"))
        .isEqualTo(held("inthread refs uid 1:99", "a", "<b@x>"));
    assertThat(held("inthread references uid 1:99", "a", ""))
        .isEqualTo(held("inthread refs uid 1:99", "a", "") + 2 * "SUBJECT".length());
  }

  private static long held(String query, String id, String references) throws Failure {
    FakeMail mail =
        FakeMail.of(
            (id.isEmpty() ? "" : "Message-ID: <" + id + "@x>\n")
                + "References: %s\nSubject: Re: subject\n\n".formatted(references));
    long[] held = {0};
    try (Candidate candidate = new Candidate(1)) {
      Plan.of(parse(query), "INBOX").begin(List.of(mail), candidate, bytes -> held[0] += bytes);
    }
    return held[0];
  }

  @Test
  void whereMemoryRunsOutTheSearchEnds() throws Failure {
    Failure full = Failure.temporary("no memory", null);
    List<FakeMail> mails = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      mails.add(inThread(i, ""));
    }
    Plan plan = Plan.of(parse("inthread refs uid 1:99"), "INBOX");
    long[] left = {1000};
    try (Candidate candidate = new Candidate(10)) {
      assertThatThrownBy(
              () ->
                  plan.begin(
                      mails,
                      candidate,
                      bytes -> {
                        left[0] -= bytes;
                        if (left[0] < 0) {
                          throw full;
                        }
                      }))
          .isSameAs(full);
    }
    assertThat(mails.get(9).looks).isEmpty();
  }

  @Test
  void failuresOfManyMailsTakeMemoryToo() throws Failure {
    FakeMail mail = inThread(1, "");
    mail.failure = new MailFailure("unreadable", null);
    long[] held = {0};
    try (Candidate candidate = new Candidate(1)) {
      Plan.of(parse("inthread refs uid 1:99"), "INBOX")
          .begin(List.of(mail), candidate, bytes -> held[0] += bytes);
    }
    assertThat(held[0]).isGreaterThanOrEqualTo(1000);
  }

  @Test
  void theFirstPartThatDecidesEndsTheLook() throws Failure {
    FakeMail mail = dated("");
    try (Candidate candidate = new Candidate(1)) {
      assertThat(
              Plan.of(parse("( flagged or seen ) or body x"), "INBOX")
                  .matches(candidate.take(mail)))
          .isTrue();
      assertThat(Plan.of(parse("not ( seen or body x )"), "INBOX").matches(candidate)).isFalse();
    }
    assertThat(mail.looks).containsOnly("flags");
  }
}
