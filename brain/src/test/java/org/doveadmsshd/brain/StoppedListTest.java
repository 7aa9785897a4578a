package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.brain.ManyLanes.users;
import static org.doveadmsshd.brain.OneLane.row;
import static org.doveadmsshd.brain.Typed.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.journal.JournalLine;
import org.doveadmsshd.brain.journal.JournalReader;
import org.doveadmsshd.brain.journal.JournalRules;
import org.doveadmsshd.brain.placement.Place;
import org.doveadmsshd.brain.placement.Placement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of users who stand in a list behind the place where a run is stopped. */
@Timeout(60)
class StoppedListTest {
  private static final int USERS = 3000;
  private static final Duration LONG = Duration.ofHours(1);

  @TempDir private Path home;
  private final Typed typed = new Typed();
  private String file;
  private String journal;

  @BeforeEach
  void write() throws IOException {
    typed.allowFiles();
    typed.setPatience(new Patience(LONG, LONG));
    typed.writeDownIn(home, new JournalRules(Duration.ofDays(30), 1 << 30, false));
    file = Files.write(home.resolve("users"), users(USERS)).toString();
    journal = home.resolve("journal").toString();
  }

  @AfterEach
  void stop() {
    typed.close();
  }

  /** A server that stops the run when it is asked for its first user, and answers all it has. */
  private OneLane stopping() {
    return new OneLane(
        "s",
        users(USERS),
        attempt -> {
          typed.running().cancel();
          row(attempt);
        });
  }

  private int run(OneLane server, String line) throws IOException {
    return run(server, InputStream.nullInputStream(), line);
  }

  /**
   * Carries a line out, and writes it down.
   *
   * @param line where FILE stands for the file of users
   */
  private int run(OneLane server, InputStream in, String line) throws IOException {
    String words = "--journal " + journal + " " + line.replace("FILE", file);
    return typed.run(List.of(server), in, words.split(" "));
  }

  /** How many users ended so, by the journal, in which each has one line. */
  private Map<Outcome, Integer> outcomes() throws Exception {
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    Set<String> names = new HashSet<>();
    try (JournalReader reader = JournalReader.open(Path.of(journal))) {
      for (JournalLine line; (line = reader.next()) != null; ) {
        if (line instanceof JournalLine.User) {
          JournalLine.User user = (JournalLine.User) line;
          assertThat(names.add(user.end().user())).as(user.end().user()).isTrue();
          outcomes.merge(user.end().outcome(), 1, Integer::sum);
        }
      }
    }
    return outcomes;
  }

  @Test
  void whoStandsInAFileBehindAStopEndsAsNotBegun() throws Exception {
    assertThat(run(stopping(), "search -F FILE all")).isEqualTo(75);
    assertThat(outcomes()).isEqualTo(Map.of(Outcome.OK, 1, Outcome.NOT_BEGUN, USERS - 1));
    assertThat(typed.said())
        .contains("search: 1 user, 2,999 not begun, ")
        .doesNotContain("not read to its end");
    assertThat(typed.running().users()).hasValue(USERS);
  }

  @Test
  void whoStandsInAShuffledFileBehindAStopEndsAsNotBegun() throws Exception {
    assertThat(run(stopping(), "--shuffle search -F FILE all")).isEqualTo(75);
    assertThat(outcomes()).isEqualTo(Map.of(Outcome.OK, 1, Outcome.NOT_BEGUN, USERS - 1));
  }

  @Test
  void whoHasBeenListedAndShuffledBehindAStopEndsAsNotBegun() throws Exception {
    assertThat(run(stopping(), "--shuffle search -A all")).isEqualTo(75);
    assertThat(outcomes()).isEqualTo(Map.of(Outcome.OK, 1, Outcome.NOT_BEGUN, USERS - 1));
  }

  @Test
  void whoStandsInAFileBehindSoManyFailuresEndsAsNotBegun() throws Exception {
    OneLane failing = new OneLane("s", List.of(), attempt -> attempt.fail(Outcome.NOT_FOUND, "no"));
    assertThat(run(failing, "--stop-after-failures 2 search -F FILE all")).isEqualTo(75);
    assertThat(outcomes()).isEqualTo(Map.of(Outcome.NOT_FOUND, 2, Outcome.NOT_BEGUN, USERS - 2));
    assertThat(typed.said()).contains("2,998 not begun, 2 failed, ");
  }

  @Test
  void whoStandsInAFileBehindALimitIsNotInTheRun() throws Exception {
    assertThat(run(stopping(), "--limit 2000 search -F FILE all")).isEqualTo(75);
    assertThat(outcomes()).isEqualTo(Map.of(Outcome.OK, 1, Outcome.NOT_BEGUN, 1999));
    assertThat(typed.said()).doesNotContain("not read to its end");
  }

  @Test
  void aFileIsReadOnWhileSomebodyIsAskedAboutTheCanaries() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    typed.answer(
        question -> {
          typed.running().cancel();
          await(over); // whoever is asked has gone
          return "";
        });
    assertThat(run(new OneLane("s", List.of(), OneLane::row), "--canary 2 search -F FILE all"))
        .isEqualTo(75);
    over.countDown();
    assertThat(outcomes()).isEqualTo(Map.of(Outcome.OK, 2, Outcome.NOT_BEGUN, USERS - 2));
  }

  @Test
  void thePlacementIsNotAskedForUsersBehindAStop() throws Exception {
    Set<String> asked = new HashSet<>();
    typed.place(
        new Placement() {
          @Override
          public Place of(String user) {
            asked.add(user);
            return Place.at(List.of("s"), user, "test");
          }

          @Override
          public String driver() {
            return "sql";
          }
        });
    assertThat(run(stopping(), "search -F FILE all")).isEqualTo(75);
    assertThat(outcomes()).isEqualTo(Map.of(Outcome.OK, 1, Outcome.NOT_BEGUN, USERS - 1));
    assertThat(asked).hasSizeLessThan(USERS / 2);
  }

  @Test
  void whatComesThroughAPipeIsNotReadBehindAStop() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    InputStream open =
        new InputStream() {
          @Override
          public int read() throws IOException {
            await(over); // whoever writes has stopped, too
            return -1;
          }
        };
    InputStream begun = new ByteArrayInputStream("ann\nbob\n".getBytes(StandardCharsets.UTF_8));
    InputStream both = new SequenceInputStream(begun, open);
    assertThat(run(stopping(), both, "search -F - all")).isEqualTo(75);
    over.countDown();
    assertThat(typed.said()).contains(", the list was not read to its end, ");
  }

  @Test
  void whomAServerHasNotListedYetIsNotWaitedFor() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    OneLane server =
        new OneLane(
            "s",
            List.of(),
            attempt -> {
              typed.running().cancel();
              row(attempt);
            }) {
          @Override
          public void listUsers(UserMask mask, Consumer<String> taker) throws Failure {
            taker.accept("ann");
            taker.accept("bob");
            try {
              over.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    assertThat(run(server, "search -A all")).isEqualTo(75);
    over.countDown();
    assertThat(typed.said()).contains(", the list was not read to its end, ");
  }
}
