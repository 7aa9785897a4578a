package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All servers are asked how they are. */
@Timeout(60)
class SurveyTest {
  private static final Health FINE = new Health("x 1", Duration.ofMillis(1), Optional.empty());
  private static final Duration LONG = Duration.ofHours(1);

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** What a server does when it is asked. */
  private interface Answering {
    Health health() throws Failure;
  }

  private static OneLane server(String name, Answering answering) {
    return new OneLane(name, List.of(), OneLane::ok) {
      @Override
      public Health health() throws Failure {
        return answering.health();
      }
    };
  }

  private List<Survey.Answer> ask(Duration patience, OneLane... servers) throws Failure {
    return new Survey(threads, patience).of(List.of(servers));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void allAreAskedAtOnceAndAnswersStandInTheOrderOfTheServers() throws Exception {
    CountDownLatch second = new CountDownLatch(1);
    OneLane waiting =
        server(
            "a",
            () -> {
              await(second);
              return FINE;
            });
    OneLane quick =
        server(
            "b",
            () -> {
              second.countDown();
              return FINE;
            });
    assertThat(ask(LONG, waiting, quick))
        .extracting(each -> each.server().name() + " " + each.health().isPresent())
        .containsExactly("a true", "b true");
  }

  @Test
  void oneThatIsSilentIsGivenUpAndCostsTheOthersNothing() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    OneLane silent =
        server(
            "a",
            () -> {
              await(never);
              return FINE;
            });
    List<Survey.Answer> answers = ask(Duration.ofMillis(300), silent, server("b", () -> FINE));
    Failure failure = answers.get(0).failure().orElseThrow();
    assertThat(failure.outcome()).isEqualTo(Outcome.UNREACHABLE);
    assertThat(failure).hasMessage("Server a has not answered within 300 ms");
    assertThat(silent.abandoned).hasValue(1);
    assertThat(answers.get(1).failure()).isEmpty();
  }

  @Test
  void whatFailsIsSaidOfTheServerThatItFailsOn() throws Exception {
    OneLane refused =
        server(
            "a",
            () -> {
              throw new Failure(Outcome.NO_PERMISSION, "it says no");
            });
    OneLane faulty =
        server(
            "b",
            () -> {
              throw new IllegalStateException("odd");
            });
    List<Survey.Answer> answers = ask(LONG, refused, faulty);
    assertThat(answers.get(0).failure().orElseThrow()).hasMessage("it says no");
    assertThat(answers.get(1).failure().orElseThrow()).hasMessage("Server b: a fault: odd");
  }

  @Test
  void oneThatIsDownIsNotAsked() throws Exception {
    OneLane down =
        new OneLane("a", List.of(), OneLane::ok) {
          @Override
          public ServerState state() {
            return new ServerState(ServerState.Use.DOWN, "anna", Instant.EPOCH);
          }

          @Override
          public Health health() {
            throw new AssertionError("asked");
          }
        };
    Survey.Answer answer = ask(LONG, down).get(0);
    assertThat(answer.health()).isEmpty();
    assertThat(answer.failure()).isEmpty();
    assertThat(answer.state().by()).isEqualTo("anna");
  }
}
