package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.journal.UserEnd;
import org.doveadmsshd.brain.progress.StatusLine;
import org.doveadmsshd.brain.progress.StatusLines;
import org.doveadmsshd.brain.progress.TerminalStatus;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Message.Log.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an administrator is told of a run, and the exit code. */
class ReporterTest {
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();

  /** How much an administrator wants to see. */
  private enum Wish {
    PLAIN,
    WATCHED,
    VERBOSE
  }

  private Reporter reporter(Wish wish, boolean several) {
    StatusLines status =
        wish == Wish.WATCHED
            ? new TerminalStatus(error, () -> new StatusLines.Size(80, 24), false)
            : StatusLines.NONE;
    return new Reporter(error, status, wish == Wish.VERBOSE, several, "search");
  }

  private static Message.Done done(Outcome outcome, String text) {
    return new Message.Done(1, outcome, text, Map.of(), 10);
  }

  private static void ended(Reporter reporter, String user, Outcome outcome) throws IOException {
    end(reporter, user, done(outcome, "because"), 1);
  }

  private static void end(Reporter reporter, String user, Message.Done done, int attempts)
      throws IOException {
    reporter.ended(
        new UserEnd(
            0,
            user,
            "",
            0,
            done.outcome(),
            done.text(),
            done.counts(),
            0,
            0,
            done.micros(),
            attempts));
  }

  /** What has been written; a carriage return is shown as {@code <}. */
  private String said() {
    String said = error.toString(StandardCharsets.UTF_8).replace('\r', '<');
    error.reset();
    return said;
  }

  private List<String> lines() {
    return said().lines().toList();
  }

  private String summary(Reporter reporter) throws IOException {
    error.reset();
    reporter.summary();
    return said();
  }

  @ParameterizedTest
  @CsvSource({
    "OK, 0",
    "OK OK, 0",
    "NOT_FOUND, 68",
    "NOT_FOUND OK, 68",
    "OK NOT_FOUND, 68",
    "NOT_FOUND DATA_ERROR, 68",
    "DATA_ERROR NOT_FOUND, 65",
    "NOT_FOUND TEMPORARY_FAILURE, 75",
    "TEMPORARY_FAILURE NOT_FOUND, 75",
    "NOT_FOUND TIMED_OUT, 75",
    "OK NO_USER, 0",
    "NO_PERMISSION NO_USER, 77",
    "CANCELLED, 0",
  })
  void theFirstFailureIsTheExitCodeUnlessOneIsTemporary(String outcomes, int code)
      throws Exception {
    Reporter reporter = reporter(Wish.PLAIN, true);
    for (String outcome : outcomes.split(" ")) {
      ended(reporter, "joe", Outcome.valueOf(outcome));
    }
    assertThat(reporter.exitCode()).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({"DEBUG, Debug", "INFO, Info", "WARNING, Warning", "ERROR, Error"})
  void whatAWorkerSaysIsALineWithUserAndLevel(Level level, String word) throws Exception {
    Reporter reporter = reporter(Wish.VERBOSE, false);
    reporter.log("joe", level, "odd\nthing");
    reporter.log("", level, "of the server");
    assertThat(lines())
        .containsExactly(
            "doveadm(joe): " + word + ": odd\ufffdthing", "doveadm: " + word + ": of the server");
  }

  @ParameterizedTest
  @CsvSource({"PLAIN, 0", "WATCHED, 0", "VERBOSE, 1"})
  void debugLinesAreForWhoAsksForThem(Wish wish, int lines) throws Exception {
    Reporter reporter = reporter(wish, false);
    reporter.log("joe", Level.DEBUG, "detail");
    assertThat(lines()).hasSize(lines);
    reporter.log("joe", Level.INFO, "news");
    assertThat(lines()).hasSize(1);
  }

  @Test
  void theSameTextIsCountedForEachLevelByItself() throws Exception {
    Reporter reporter = reporter(Wish.PLAIN, true);
    for (int i = 0; i < 11; i++) {
      reporter.log("joe", Level.WARNING, "odd");
    }
    assertThat(lines()).hasSize(10);
    reporter.log("joe", Level.ERROR, "odd");
    assertThat(lines()).containsExactly("doveadm(joe): Error: odd");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INFO | 11 | doveadm: 1 more message (-v shows it): odd",
        "WARNING | 11 | doveadm: 1 more warning (-v shows it): odd",
        "ERROR | 11 | doveadm: 1 more error (-v shows it): odd",
        "ERROR | 12 | doveadm: 2 more errors (-v shows them): odd",
        "WARNING | 1510 | doveadm: 1,500 more warnings (-v shows them): odd",
      })
  void whatWasNotSaidAnyMoreIsSummedUpAtTheEnd(Level level, int times, String sum)
      throws Exception {
    Reporter reporter = reporter(Wish.PLAIN, true);
    for (int i = 0; i < times; i++) {
      reporter.log("joe", level, "odd");
    }
    error.reset();
    reporter.leftOut();
    assertThat(lines()).containsExactly(sum);
  }

  @ParameterizedTest
  @CsvSource({
    "11, doveadm: 1 more user (-v names them): because",
    "12, doveadm: 2 more users (-v names them): because"
  })
  void usersWhoWereNotNamedAnyMoreAreSummedUp(int times, String sum) throws Exception {
    Reporter reporter = reporter(Wish.PLAIN, true);
    for (int i = 0; i < times; i++) {
      ended(reporter, "user" + i, Outcome.NOT_FOUND);
    }
    assertThat(lines()).hasSize(10);
    reporter.leftOut();
    assertThat(lines()).containsExactly(sum);
  }

  @Test
  void withVEverythingIsSaidAndNothingSummedUp() throws Exception {
    Reporter reporter = reporter(Wish.VERBOSE, true);
    for (int i = 0; i < 12; i++) {
      reporter.log("joe", Level.ERROR, "odd");
      ended(reporter, "user" + i, Outcome.NOT_FOUND);
    }
    assertThat(lines()).hasSize(24);
    reporter.leftOut();
    assertThat(said()).isEmpty();
  }

  @Test
  void whoIsStoppedAndWhoIsNotReachedAreNeitherDoneNorFailed() throws Exception {
    Reporter reporter = reporter(Wish.PLAIN, true);
    Message.Done cancelled = done(Outcome.CANCELLED, "Cancelled");
    end(reporter, "a", cancelled, 1);
    end(reporter, "b", cancelled, 2);
    end(reporter, "c", done(Outcome.NOT_BEGUN, "Stopped before"), 0);
    assertThat(said()).isEmpty();
    assertThat(reporter.done()).isZero();
    assertThat(reporter.failedUsers()).isZero();
    assertThat(summary(reporter)).startsWith("search: 0 users, 2 stopped, 1 not begun, ");
  }

  @Test
  void whoseOutcomeIsUnknownIsNamedHoweverManyThereAre() throws Exception {
    Reporter reporter = reporter(Wish.PLAIN, true);
    for (int i = 0; i < 30; i++) {
      end(reporter, "user" + i, done(Outcome.UNKNOWN, "The connection was lost"), 1);
    }
    assertThat(lines()).hasSize(30).allMatch(line -> line.contains("connection was lost"));
    assertThat(reporter.exitCode()).isEqualTo(75);
    assertThat(reporter.failedUsers()).isEqualTo(30);
  }

  @Test
  void ofSeveralUsersOneWhoIsGoneIsSkippedAndOneWithoutServerNamesTheReason() throws Exception {
    Reporter reporter = reporter(Wish.PLAIN, true);
    end(reporter, "gone", done(Outcome.NO_USER, "because"), 1);
    end(reporter, "odd", done(Outcome.NO_USER, "No server is meant for this user"), 0);
    assertThat(lines())
        .containsExactly(
            "doveadm(gone): Info: User no longer exists, skipping",
            "doveadm(odd): Info: No server is meant for this user");
    assertThat(reporter.exitCode()).isZero();
    assertThat(summary(reporter)).startsWith("search: 0 users, 2 skipped, ");
  }

  @Test
  void theOneUserThatWasNamedFailsWhenHeIsNotThere() throws Exception {
    Reporter reporter = reporter(Wish.PLAIN, false);
    ended(reporter, "joe", Outcome.NO_USER);
    assertThat(lines()).containsExactly("doveadm(joe): Error: because");
    assertThat(reporter.exitCode()).isEqualTo(67);
    assertThat(reporter.failedUsers()).as("counted as in a report").isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NO_USER | 67 | doveadm: Error: The user doesn't exist",
        "NO_USER NO_USER | 67 | doveadm: Error: No user of these exists",
        "NO_USER OK | 0 | ''",
        "OK | 0 | ''",
        "NO_USER CANCELLED | 67 | doveadm: Error: The user doesn't exist",
      })
  void thatNobodyOfTheUsersExistsIsAFailure(String outcomes, int code, String said)
      throws Exception {
    Reporter reporter = reporter(Wish.PLAIN, true);
    for (String outcome : outcomes.split(" ")) {
      ended(reporter, "joe", Outcome.valueOf(outcome));
    }
    error.reset();
    reporter.checkThatSomebodyExists();
    assertThat(said().strip()).isEqualTo(said);
    assertThat(reporter.exitCode()).isEqualTo(code);
  }

  @Test
  void aServerThatIsMetDownAgainAndAgainIsNamedOnce() throws Exception {
    Reporter reporter = reporter(Wish.PLAIN, true);
    reporter.failed(Outcome.TEMPORARY_FAILURE, "Server a: refused");
    reporter.failed(Outcome.TEMPORARY_FAILURE, "Server a: refused");
    reporter.unavailable(new Failure(Outcome.NO_PERMISSION, "Server a: refused"));
    end(reporter, "", done(Outcome.TEMPORARY_FAILURE, "Server a: refused"), 0);
    assertThat(lines()).containsExactly("doveadm: Error: Server a: refused");
    end(reporter, "", done(Outcome.TEMPORARY_FAILURE, "Server b: refused"), 0);
    assertThat(lines()).containsExactly("doveadm: Error: Server b: refused");
    assertThat(reporter.exitCode()).isEqualTo(75);
    assertThat(reporter.failedUsers()).isEqualTo(2);
  }

  @Test
  void aServerThatIsDownIsNoFailureByItself() throws Exception {
    Reporter reporter = reporter(Wish.PLAIN, true);
    reporter.unavailable(new Failure(Outcome.TEMPORARY_FAILURE, "Server a: refused"));
    assertThat(lines()).containsExactly("doveadm: Error: Server a: refused");
    assertThat(reporter.exitCode()).isZero();
    assertThat(reporter.failedUsers()).isZero();
  }

  @Test
  void theSummaryAddsUpWhatWorkersCounted() throws Exception {
    Reporter reporter = reporter(Wish.PLAIN, true);
    Message.Done first = new Message.Done(1, Outcome.OK, "", Map.of("b", 2L, "a", 1000L), 10);
    Message.Done second = new Message.Done(1, Outcome.NOT_FOUND, "x", Map.of("a", 234L), 10);
    end(reporter, "joe", first, 1);
    assertThat(summary(reporter)).matches("search: 1 user, 1,000 a, 2 b, [0-9]+\\.[0-9] s\n");
    end(reporter, "jane", second, 1);
    assertThat(reporter.done()).isEqualTo(2);
    assertThat(reporter.failedUsers()).isEqualTo(1);
    assertThat(summary(reporter))
        .matches("search: 2 users, 1,234 a, 2 b, 1 failed, [0-9]{1,3}\\.[0-9] s\n");
  }

  @Test
  void whatShowsProgressIsRemovedBeforeALine() throws Exception {
    Reporter reporter = reporter(Wish.WATCHED, true);
    reporter.show(List.of(new StatusLine("how far", false)));
    assertThat(said()).isEqualTo("<how far<");
    reporter.log("joe", Level.INFO, "news");
    assertThat(said()).isEqualTo("<\u001b[Jdoveadm(joe): Info: news\n");
    reporter.log("joe", Level.INFO, "more");
    assertThat(said()).isEqualTo("doveadm(joe): Info: more\n");
  }

  @Test
  void howFarItIsCanBeALineThatStays() throws Exception {
    Reporter reporter = reporter(Wish.VERBOSE, true);
    ended(reporter, "joe", Outcome.OK);
    ended(reporter, "jane", Outcome.NOT_FOUND);
    error.reset();
    reporter.sayHowFar();
    assertThat(said()).isEqualTo("search: 2 users, 1 failed\n");
  }
}
