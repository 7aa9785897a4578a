package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.brain.ManyLanes.rows;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.journal.JournalRules;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A command that comes to nothing before its first row prints nothing: no heading, no brackets. */
@Timeout(60)
class HeadingsTest {
  private final Typed typed = new Typed();

  @AfterEach
  void stop() {
    typed.close();
  }

  private int run(OneLane.Work work, List<String> users, String... words) throws IOException {
    typed.clear();
    return typed.run(List.of(new ManyLanes(typed, "s", users, 1, work)), "", words);
  }

  private static void isNobody(Assignment.Attempt attempt) throws IOException {
    attempt.fail(Outcome.NO_USER, "User doesn't exist");
  }

  private static void hasNothing(Assignment.Attempt attempt) throws IOException {
    attempt.send(OneLane.done(Outcome.OK, ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"table", "tab", "json", "ndjson", "flow", "pager"})
  void whoeverDoesNotExistHasNoHeading(String format) throws Exception {
    assertThat(
            run(HeadingsTest::isNobody, List.of(), "-f", format, "search", "-u", "nobody", "all"))
        .isEqualTo(67);
    assertThat(typed.printed()).isEmpty();
    assertThat(typed.said()).isEqualTo("doveadm(nobody): Error: User doesn't exist\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"table", "tab", "json"})
  void aRunThatFailsForAllHasNone(String format) throws Exception {
    OneLane.Work broken = attempt -> attempt.fail(Outcome.DATA_ERROR, "broken");
    assertThat(run(broken, List.of("a", "b"), "-f", format, "search", "-A", "all")).isEqualTo(65);
    assertThat(typed.printed()).isEmpty();
  }

  @Test
  void aListOfWhomNobodyExistsHasNone() throws Exception {
    assertThat(run(HeadingsTest::isNobody, List.of("a", "b"), "-f", "tab", "search", "-A", "all"))
        .isEqualTo(67);
    assertThat(typed.printed()).isEmpty();
  }

  @Test
  void whereNothingIsFoundThereIsOne() throws Exception {
    assertThat(run(HeadingsTest::hasNothing, List.of(), "-f", "json", "search", "-u", "joe", "all"))
        .isZero();
    assertThat(typed.printed()).isEqualTo("[]");
    assertThat(run(HeadingsTest::hasNothing, List.of("a"), "-f", "tab", "search", "-A", "all"))
        .isZero();
    assertThat(typed.printed()).isEqualTo("Username\tmailbox-guid\tuid\n");
  }

  @Test
  void whoHasSomethingGetsItUnderAHeadingThoughOthersFail() throws Exception {
    OneLane.Work work =
        attempt -> {
          if (attempt.user().equals("a")) {
            attempt.fail(Outcome.DATA_ERROR, "broken");
          } else {
            rows(attempt, 1);
          }
        };
    assertThat(run(work, List.of("a", "b"), "-f", "tab", "search", "-A", "all")).isEqualTo(65);
    assertThat(typed.printed()).isEqualTo("Username\tmailbox-guid\tuid\nb\tg\t1\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"show", "watch", "cancel"})
  void aRunThatIsUnknownIsOneLine(String what, @TempDir Path runs) throws Exception {
    typed.writeDownIn(runs, new JournalRules(Duration.ZERO, 0, false));
    for (String format : List.of("table", "tab", "json")) {
      typed.clear();
      String id = "20260101-000000-abcd";
      assertThat(typed.run(List.of(), "", "-f", format, "runs", what, id)).isEqualTo(64);
      assertThat(typed.printed()).isEmpty();
      assertThat(typed.said())
          .isEqualTo("doveadm: Error: There is no run " + id + " (the command runs lists them)\n");
    }
  }
}
