package org.doveadmsshd.storage.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThreadsTest {
  private final List<FakeMail> mails = new ArrayList<>();

  private void mail(String id, String references, String subject) {
    FakeMail mail =
        FakeMail.of(
            "Message-ID: <%s@x>\nReferences: %s\nSubject: %s\n\nx\n"
                .formatted(id, references.replace(">", "@x>"), subject));
    add(mail);
  }

  private void add(FakeMail mail) {
    mail.sequence = mails.size() + 1;
    mail.uid = mail.sequence;
    mails.add(mail);
  }

  private List<Integer> found(String query) throws Failure {
    List<String> words = List.of(query.split(" "));
    Plan plan = Plan.of(QueryParser.parse(words, Instant.EPOCH, () -> ZoneOffset.UTC), "INBOX");
    List<Integer> found = new ArrayList<>();
    try (Candidate candidate = new Candidate(mails.size())) {
      plan.begin(mails, candidate, bytes -> {});
      for (FakeMail mail : mails) {
        if (plan.matches(candidate.take(mail))) {
          found.add(mail.sequence);
        }
      }
    }
    return found;
  }

  @Test
  void mailsOfAThreadAreFoundByAnyOfThem() throws Failure {
    mail("a", "", "one");
    mail("b", "<a>", "Re: one");
    mail("c", "<a> <b>", "other words");
    mail("d", "", "two");
    assertThat(found("inthread refs subject other")).containsExactly(1, 2, 3);
    assertThat(found("inthread refs subject two")).containsExactly(4);
    assertThat(found("not inthread refs subject one")).containsExactly(4);
  }

  @Test
  void aMissingMailStillJoinsItsAnswers() throws Failure {
    mail("b", "<gone>", "x");
    mail("c", "<gone>", "y");
    assertThat(found("inthread refs subject y")).containsExactly(1, 2);
  }

  @Test
  void onlyReferencesJoinsByBaseSubject() throws Failure {
    mail("a", "", "Lunch");
    mail("b", "", "Re: [list] Fwd: lunch (fwd)");
    assertThat(found("inthread references subject list")).containsExactly(1, 2);
    assertThat(found("inthread refs subject list")).containsExactly(2);
  }

  @Test
  void mailsThatReferToEachOtherInACircleEnd() throws Failure {
    mail("a", "<b>", "x");
    mail("b", "<c>", "y");
    mail("c", "<a>", "z");
    assertThat(found("inthread refs subject z")).containsExactly(1, 2, 3);
  }

  @Test
  void anIdentifierWithoutAtSignJoinsNothing() throws Failure {
    add(FakeMail.of("Message-ID: <1@x>\nReferences: <yes>\nSubject: one\n\nx\n"));
    add(FakeMail.of("Message-ID: <2@x>\nReferences: <yes>\nSubject: two\n\nx\n"));
    assertThat(found("inthread refs subject one")).hasSize(1);
  }

  @Test
  void answersToStrangersAreNotJoinedByWhatTheySay() throws Failure {
    mail("a", "", "Lunch");
    mail("b", "<a>", "Re: Dinner");
    mail("c", "", "Dinner");
    assertThat(found("inthread references subject lunch")).containsExactly(1, 2);
  }

  @Test
  void whatAMailSaysItselfGoesBeforeWhatOthersSayOfIt() throws Failure {
    mail("c", "<a> <b>", "three");
    mail("b", "", "two");
    mail("a", "", "one");
    assertThat(found("inthread refs subject two")).containsExactly(1, 2);
  }

  @ParameterizedTest
  @CsvSource({
    "'Re: [x] Fwd [y]: a (fwd) (fwd) ', A",
    "'[fwd: [fwd: re: a]] ', A",
    "'[a] [b] c', C",
    "'[a] [b]', [B]",
    "'re: [a]', [A]",
    "'refund', REFUND",
    "'(fwd)', ''",
    "'re:  \ta', A",
    "'=?utf-8?Q?Re:_=C3=A4?=', A\u0308",
  })
  void theBaseSubjectIsWhatIsLeft(String subject, String base) {
    assertThat(BaseSubject.of(subject)).isEqualTo(base);
  }
}
