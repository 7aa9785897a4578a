package org.doveadmsshd.brain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The numbers of runs, from journals. */
class ReportTest {
  @TempDir private Path directory;
  private SampleJournal journal;

  @BeforeEach
  void begin() throws IOException {
    journal = new SampleJournal(directory.resolve("a.journal"));
  }

  private Report report(Path... others) throws Failure, IOException {
    journal.close();
    List<Path> files = new ArrayList<>(List.of(journal.path()));
    files.addAll(List.of(others));
    Report report = new Report(100);
    new ReportSource(files).read(report, end -> {});
    return report;
  }

  @Test
  void usersAreCountedByOutcomeAndServer() throws Exception {
    journal
        .ok("a", "one", 0, 0, 1000)
        .user("b", "two", 0, "temporary", "disk", 0, 2000)
        .user("c", "two", 1, "no-such-user", "gone", 0, 3000)
        .unasked("d", "not-begun", "Cancelled")
        .unasked("e", "unreachable", "Server three does not answer")
        .ended(60, 75);
    Report report = report();
    assertThat(report.users()).isEqualTo(5);
    assertThat(report.failed()).isEqualTo(2);
    assertThat(report.undone()).isEqualTo(1);
    assertThat(report.users(Outcome.UNREACHABLE)).isEqualTo(1);
    assertThat(report.bytes()).isEqualTo(300);
    assertThat(report.counts()).isEqualTo(Map.of("expunged", 6L));
    assertThat(report.millis()).isEqualTo(60);
    assertThat(report.servers()).extracting(ServerNumbers::name).containsExactly("one", "two");
    assertThat(report.servers()).extracting(ServerNumbers::users).containsExactly(1L, 2L);
    assertThat(report.servers()).extracting(ServerNumbers::failed).containsExactly(0L, 1L);
    ReportRun run = report.runs().get(0);
    assertThat(run.exitCode()).hasValue(75);
    assertThat(run.users()).isEqualTo(5);
    assertThat(report.slowest()).extracting(UserRows.Row::user).containsExactly("c", "b", "a");
  }

  @Test
  void whatBecameOfAUserLastCounts() throws Exception {
    journal
        .user("a", "one", 0, "temporary", "disk", 0, 10_000)
        .ok("b", "one", 1, 0, 10_000)
        .ended(10, 75)
        .resumed(3_600_000)
        .ok("a", "one", 0, 3_600_005, 10_000)
        .ended(3_600_020, 0);
    Report report = report();
    assertThat(report.users()).isEqualTo(2);
    assertThat(report.failed()).isZero();
    assertThat(report.failures().all()).isEmpty();
    assertThat(report.ends()).isEqualTo(3);
    assertThat(report.servers().get(0).users()).isEqualTo(2);
    assertThat(report.millis()).as("without the hour between").isEqualTo(30);
    assertThat(report.marks()).containsExactly(new Report.Mark(10, "resumed"));
    assertThat(report.runs()).extracting(ReportRun::isResumed).containsExactly(false, true);
    assertThat(report.runs()).extracting(ReportRun::isLast).containsExactly(false, true);
    assertThat(report.failedEnds()[1]).as("the work that failed was done").isEqualTo(1);
    Lanes.Lane lane = report.lanes().all().get(0);
    assertThat(lane.busy()).startsWith(10, 5, 5, 0);
    assertThat(lane.failed()).startsWith(0, 1, 0);
  }

  @Test
  void severalJournalsAreOneReport() throws Exception {
    Path other = directory.resolve("b.journal");
    try (SampleJournal second = new SampleJournal(other)) {
      second.user("a", "two", 0, "temporary", "disk", 0, 5000).ended(50, 75);
    }
    journal.ok("a", "one", 0, 0, 5000).ended(20, 0);
    Report report = report(other);
    assertThat(report.users()).isEqualTo(2);
    assertThat(report.failed()).isEqualTo(1);
    assertThat(report.millis()).isEqualTo(70);
    assertThat(report.marks()).containsExactly(new Report.Mark(20, "expunge"));
    assertThat(report.rows().rows()).extracting(UserRows.Row::server).containsExactly(0, 1);
  }

  @Test
  void aRunThatWasKilledHasNotEnded() throws Exception {
    journal.ok("a", "one", 0, 0, 1000);
    assertThat(report().runs().get(0).exitCode()).isEmpty();
    assertThat(report().runs().get(0).ended()).isNull();
  }

  @Test
  void clocksThatAreWrongDoNoHarm() throws Exception {
    journal.ok("a", "one", 0, -5_000, 1000).ok("b", "one", 0, Long.MAX_VALUE / 4, 1_000_000);
    journal.ok("c", "one", 0, 10, Long.MAX_VALUE / 2).ended(-10_000, 0);
    Report report = report();
    assertThat(report.users()).isEqualTo(3);
    assertThat(report.grid().used()).isBetween(1, TimeGrid.MOST);
  }

  @Test
  void manyServersAndLanesTakeNoMoreRoomThanSome() throws Exception {
    for (int i = 0; i < 1500; i++) {
      journal.ok("u" + i, "server" + i, i % 60, i, 1000);
    }
    Report report = report();
    assertThat(report.servers()).hasSize(1001);
    assertThat(report.servers().get(1000).users()).isEqualTo(500);
    assertThat(report.lanes().all()).hasSize(1024);
    assertThat(report.lanes().leftOut()).isEqualTo(36);
    assertThat(report.users()).isEqualTo(1500);
  }

  @Test
  void whatIsNoJournalIsRefused() throws Exception {
    Path foreign = Files.writeString(directory.resolve("x"), "{\"log\": 1}\n");
    Path newer = Files.writeString(directory.resolve("y"), "{\"journal\": 99}\n");
    journal.close();
    assertThatThrownBy(() -> new ReportSource(List.of(foreign)).read(new Report(1), end -> {}))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(65));
    assertThatThrownBy(() -> new ReportSource(List.of(newer)).read(new Report(1), end -> {}))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(78));
    assertThatThrownBy(() -> new ReportSource(List.of(directory)).read(new Report(1), end -> {}))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(64));
  }
}
