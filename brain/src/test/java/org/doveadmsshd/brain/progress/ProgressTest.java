package org.doveadmsshd.brain.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.doveadmsshd.brain.journal.Fate;
import org.junit.jupiter.api.Test;

/** How far a run is, and how fast, at moments that the test chooses. */
class ProgressTest {
  private static final long BEGUN = -5_000_000_000L; // nanoTime may be negative

  private final Progress progress = new Progress(List.of("a", "b"), BEGUN);

  private void end(String server, int users, int failed) {
    for (int i = 0; i < users; i++) {
      progress.ended(server, i < failed ? Fate.FAILED : Fate.DONE);
    }
  }

  private Standing at(double seconds, long users) {
    OptionalLong known = users < 0 ? OptionalLong.empty() : OptionalLong.of(users);
    return progress.at(BEGUN + (long) (seconds * 1e9), known);
  }

  @Test
  void usersAreCountedForTheirServerAndForAll() {
    end("a", 3, 1);
    end("b", 2, 0);
    end("", 1, 1); // no server was meant for him
    Standing now = at(2, -1);
    assertThat(now.all()).isEqualTo(new Standing.Part("", 6, 2, 0, 3));
    assertThat(now.servers())
        .containsExactly(new Standing.Part("a", 3, 1, 0, 1.5), new Standing.Part("b", 2, 0, 0, 1));
    assertThat(now.seconds()).isEqualTo(2);
  }

  @Test
  void whoIsNotBegunAtAStopIsNoneOfThoseWhoHaveEnded() {
    end("a", 30, 2);
    for (int i = 0; i < 70; i++) {
      progress.ended("a", i < 5 ? Fate.STOPPED : Fate.NOT_BEGUN);
    }
    Standing now = at(5, 100);
    assertThat(now.all()).isEqualTo(new Standing.Part("", 30, 2, 70, 6));
    assertThat(now.servers().get(0)).isEqualTo(new Standing.Part("a", 30, 2, 70, 6));
    assertThat(now.secondsLeft()).as("nobody is waited for").hasValue(0);
  }

  @Test
  void theSpeedIsThatOfTheLastTenSeconds() {
    end("a", 1000, 0);
    assertThat(at(1, -1).all().perSecond()).isEqualTo(1000);
    at(10, -1);
    end("a", 50, 0);
    assertThat(at(20, -1).all().perSecond()).isEqualTo(5);
    assertThat(at(31, -1).all().perSecond()).isZero();
  }

  @Test
  void nothingIsFastAtTheFirstMoment() {
    end("a", 7, 0);
    assertThat(at(0, 10).all().perSecond()).isZero();
  }

  @Test
  void whenItEndsIsSaidWhenThatIsNoGuess() {
    end("a", 19, 0);
    assertThat(at(4, 100).secondsLeft()).as("few users").isEmpty();
    end("a", 1, 0);
    assertThat(at(5, -1).secondsLeft()).as("nobody knows how many").isEmpty();
    assertThat(at(5, 100).secondsLeft()).hasValue(20);
    assertThat(at(5, 19).secondsLeft()).as("there are more than were counted").isEmpty();
    assertThat(at(5, 20).secondsLeft()).hasValue(0);
    assertThat(at(40, 100).secondsLeft()).as("it stands still").isEmpty();
  }

  @Test
  void oneWhoIsQuickIsNotToldAnEnd() {
    end("a", 500, 0);
    assertThat(at(2.9, 1000).secondsLeft()).isEmpty();
    assertThat(at(3, 1000).secondsLeft()).hasValue(3);
  }

  @Test
  void aProgramReadsOneLine() throws Exception {
    end("a", 30, 1);
    assertThat(ProgressJson.line("mailbox list", at(4, 90), OptionalInt.empty()))
        .isEqualTo(
            "{\"progress\":\"mailbox list\",\"seconds\":4.0,\"ended\":30,\"failed\":1,\"undone\":0,"
                + "\"per_second\":7.5,\"users\":90,\"seconds_left\":8.0,\"servers\":["
                + "{\"name\":\"a\",\"ended\":30,\"failed\":1,\"undone\":0,\"per_second\":7.5},"
                + "{\"name\":\"b\",\"ended\":0,\"failed\":0,\"undone\":0,\"per_second\":0.0}]}");
    Progress none = new Progress(List.of("\"\n"), BEGUN);
    assertThat(ProgressJson.line("x", none.at(BEGUN, OptionalLong.empty()), OptionalInt.of(75)))
        .isEqualTo(
            "{\"progress\":\"x\",\"seconds\":0.0,\"ended\":0,\"failed\":0,\"undone\":0,\"per_second\":0.0,"
                + "\"servers\":[{\"name\":\"\\\"\\n\",\"ended\":0,\"failed\":0,\"undone\":0,\"per_second\":0.0}],"
                + "\"exit_code\":75}");
  }
}
