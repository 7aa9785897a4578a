package org.doveadmsshd.storage.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.search.MailboxOfAnswers.Answer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Queries in whole mailboxes, and what a real Dovecot found: in the files {@code *.answers} beside
 * this class.
 */
class QueriesAsDovecotTest {
  private static final MailboxOfAnswers MAILS = MailboxOfAnswers.read("queries.answers");
  private static final MailboxOfAnswers THREADS = MailboxOfAnswers.read("threads.answers");

  private static List<Answer> queries() {
    return MAILS.answers();
  }

  private static List<Answer> threads() {
    return THREADS.answers();
  }

  @ParameterizedTest
  @MethodSource("queries")
  void aQueryFindsWhatDovecotFindsAndIsRefusedWhereDovecotRefusesIt(Answer answer) throws Failure {
    assertThat(MAILS.found(answer.query())).isEqualTo(answer.found());
  }

  @ParameterizedTest
  @MethodSource("threads")
  void mailsAreInTheThreadsThatDovecotMakesOfThem(Answer answer) throws Failure {
    assertThat(THREADS.found(answer.query())).isEqualTo(answer.found());
  }
}
