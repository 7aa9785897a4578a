package org.doveadmsshd.brain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;

/** What is gathered of any number of users in the same room. */
class AggregatesTest {
  @Test
  void piecesOfTimeBecomeLongerAndNothingIsLost() {
    TimeGrid grid = new TimeGrid();
    float[] series = grid.series();
    for (int i = 0; i < 10_000; i++) {
      series[grid.at(i * 10)]++;
    }
    assertThat(grid.used()).isBetween(TimeGrid.MOST / 2, TimeGrid.MOST);
    assertThat(grid.millis()).isEqualTo(320);
    double sum = 0;
    for (int i = 0; i < grid.used(); i++) {
      sum += series[i];
      assertThat(series[i]).isBetween(16f, 32f);
    }
    assertThat(sum).isEqualTo(10_000);
  }

  @Test
  void workIsSpreadOverTheTimeItTook() {
    TimeGrid grid = new TimeGrid();
    float[] series = grid.series();
    grid.spread(series, 5, 27);
    assertThat(series).startsWith(5, 10, 7, 0);
    grid.spread(series, -100, 3);
    assertThat(series).startsWith(8, 10, 7, 0);
  }

  @Test
  void percentilesAreExactToTwoParts() {
    Durations durations = new Durations();
    assertThat(durations.percentile(0.5)).isZero();
    for (int i = 1; i <= 10_000; i++) {
      durations.add(i * 100L);
    }
    for (double part : new double[] {0.01, 0.5, 0.9, 0.99, 0.999}) {
      assertThat(durations.percentile(part))
          .isCloseTo((long) (part * 1_000_000), withPercentage(2.5));
    }
    assertThat(durations.percentile(1)).isEqualTo(1_000_000);
    assertThat(durations.most()).isEqualTo(1_000_000);
    durations.add(0);
    durations.add(Long.MAX_VALUE);
    assertThat(durations.most()).isEqualTo(Long.MAX_VALUE);
    int all = 0;
    for (int i = 0; i < Durations.classes(4); i++) {
      all += durations.count(4, i);
    }
    assertThat(all).isEqualTo(10_002);
  }

  @Test
  void failuresThatDifferInNumbersAndInTheUserAreOfOneKind() {
    FailureKinds kinds = new FailureKinds();
    kinds.add("joe@a", 1, Outcome.TEMPORARY_FAILURE, "joe@a: file 17.x is gone");
    kinds.add("jane", 2, Outcome.TEMPORARY_FAILURE, "jane: file 18.y is gone");
    kinds.add("jim", 2, Outcome.TEMPORARY_FAILURE, "jim: file 18.y is gone");
    kinds.add("jim", 2, Outcome.DATA_ERROR, "jim: file 18.y is gone");
    List<FailureKinds.Kind> all = kinds.all();
    assertThat(all).hasSize(2);
    assertThat(all.get(0).text()).isEqualTo("‹user›: file … is gone");
    assertThat(all.get(0).count()).isEqualTo(3);
    assertThat(all.get(0).users()).containsExactly("joe@a", "jane", "jim");
    assertThat(all.get(0).servers()).containsExactly(Map.entry(2, 2L), Map.entry(1, 1L));
    assertThat(all.get(1).text()).as("the number stays where there is one").contains("18.y");
  }

  @Test
  void kindsWithoutEndAreCounted() {
    FailureKinds kinds = new FailureKinds();
    for (int i = 0; i < 1000; i++) {
      String word = Integer.toString(i, 36).replaceAll("[0-9]", "").concat("x".repeat(i));
      kinds.add("u", 0, Outcome.TEMPORARY_FAILURE, word);
    }
    assertThat(kinds.all()).hasSize(200);
    assertThat(kinds.leftOut()).isEqualTo(800);
  }

  private static UserRows.Row row(int sequence) {
    return new UserRows.Row(sequence, "u" + sequence, 0, Outcome.OK, "", 1, 1, 1);
  }

  @Test
  void allThatFailedAreKeptAndASampleOfTheOthers() {
    UserRows rows = new UserRows(100);
    for (int i = 0; i < 100_000; i++) {
      rows.add(row(i), i % 2000 == 0);
    }
    List<UserRows.Row> kept = rows.rows();
    assertThat(rows.failed()).isEqualTo(50);
    assertThat(kept).hasSize(100);
    assertThat(kept).extracting(UserRows.Row::sequence).isSorted().doesNotHaveDuplicates();
    assertThat(kept.stream().filter(row -> row.sequence() % 2000 == 0)).hasSize(50);
    assertThat(kept.stream().filter(row -> row.sequence() > 50_000).count())
        .as("from everywhere")
        .isBetween(30L, 70L);
  }

  @Test
  void ofTooManyThatFailedThereIsASample() {
    UserRows rows = new UserRows(10);
    for (int i = 0; i < 1000; i++) {
      rows.add(row(i), true);
      rows.add(row(1000 + i), false);
    }
    assertThat(rows.rows()).hasSize(10).allMatch(row -> row.sequence() < 1000);
    assertThat(rows.failed()).isEqualTo(10);
  }
}
