package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.doveadmsshd.brain.OneLane.lane;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The memory of rows that are kept until their user is done: taken for them, and given back. */
@Timeout(60)
class HeldRowsTest {
  private static final int LENGTH = 10_000;
  private static final int FEW = 20;

  private final Typed typed = new Typed();
  private final List<Long> held = new ArrayList<>();

  @AfterEach
  void stop() {
    assertThat(typed.held()).as("at the end").isZero();
    typed.close();
  }

  private int search(Server... servers) throws IOException {
    return typed.run(List.of(servers), "", "search", "-u", "joe", "all");
  }

  /** Rows that are kept. */
  private static void fewRows(Assignment.Attempt attempt) throws IOException {
    attempt.send(OneLane.COLUMNS);
    for (int i = 0; i < FEW; i++) {
      attempt.send(new Message.Row(1, List.of(Value.of("x".repeat(LENGTH)), Value.of(i))));
    }
  }

  private void look() {
    held.add(typed.held());
  }

  @Test
  void rowsThatAreKeptTakeWhatTheyNeed() throws Exception {
    OneLane server =
        lane(
            attempt -> {
              fewRows(attempt);
              look();
              OneLane.ok(attempt);
            });
    assertThat(search(server)).isZero();
    assertThat(held.get(0)).isBetween((long) FEW * LENGTH, 2L * FEW * LENGTH);
    assertThat(typed.printed().lines()).hasSize(FEW);
  }

  @Test
  void rowsThatArePrintedAsTheyComeTakeNothing() throws Exception {
    OneLane server =
        lane(
            attempt -> {
              OneLane.manyRows(attempt);
              look();
              OneLane.ok(attempt);
            });
    assertThat(search(server)).isZero();
    assertThat(held).containsExactly(0L);
  }

  @Test
  void rowsOfALostLaneTakeNothingAnyMore() throws Exception {
    OneLane server =
        lane(
            attempt -> {
              look();
              fewRows(attempt);
              attempt.lost("Connection lost");
            });
    assertThat(search(server)).isEqualTo(75);
    assertThat(held).containsExactly(0L, 0L);
  }

  @Test
  void rowsOfAServerThatDoesNotKnowTheUserTakeNothingAnyMore() throws Exception {
    OneLane unknowing =
        new OneLane(
            "a",
            List.of(),
            attempt -> {
              fewRows(attempt);
              attempt.send(OneLane.done(Outcome.NO_USER, "Unknown here"));
            });
    OneLane knowing =
        new OneLane(
            "b",
            List.of(),
            attempt -> {
              look();
              OneLane.row(attempt);
            });
    assertThat(search(unknowing, knowing)).isZero();
    assertThat(held).containsExactly(0L);
    assertThat(typed.printed()).isEqualTo("g 1\n");
  }

  @Test
  void rowsOfAWorkerThatIsGivenUpTakeNothingAnyMore() throws Exception {
    typed.setPatience(new Patience(Duration.ZERO, Duration.ZERO));
    CountDownLatch givenUp = new CountDownLatch(1);
    OneLane.Work stuck =
        attempt -> {
          attempt.begun();
          fewRows(attempt);
          typed.running().cancel();
          try {
            givenUp.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        };
    OneLane server =
        new OneLane("s", List.of(), stuck) {
          @Override
          void givenUp() {
            look();
            givenUp.countDown();
          }
        };
    assertThat(search(server)).isEqualTo(75);
    givenUp.await();
    assertThat(held).containsExactly(0L);
    assertThat(typed.printed()).isEmpty();
  }

  /** The run goes on until that is known, as jane has not been begun. */
  @Test
  void rowsThatHaveBeenPrintedAreNotGivenBackAgain() {
    OneLane server =
        new OneLane(
            "s",
            List.of("joe", "jane"),
            attempt -> {
              fewRows(attempt);
              OneLane.ok(attempt);
              attempt.outputBroken(new IOException("gone"));
            });
    typed.whenBegun(run -> ((Run) run).tell(end -> look()));
    assertThatThrownBy(() -> typed.run(List.of(server), "", "search", "-A", "all"))
        .hasMessage("gone");
    assertThat(held).containsExactly(0L, 0L);
  }

  /** What has been printed cannot be taken back. */
  @Test
  void withoutMemoryRowsArePrintedAtOnceSoTheirUserIsNotTriedAgain() throws Exception {
    typed.setMemory(1000); // and one piece, which there always is
    OneLane server =
        lane(
            attempt -> {
              fewRows(attempt);
              attempt.lost("Connection lost");
            });
    assertThat(search(server)).isEqualTo(75);
    assertThat(server.asked).containsExactly("joe");
    assertThat(typed.printed().lines()).hasSize(FEW);
  }
}
