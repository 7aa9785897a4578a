package org.doveadmsshd.brain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;

/** How servers are, all of them asked at once. */
public final class Survey {
  /**
   * What is known of one server. Neither health nor failure of one that is not asked, since it is
   * down.
   */
  public record Answer(
      Server server, ServerState state, Optional<Health> health, Optional<Failure> failure) {}

  private final Executor executor;
  private final Duration patience;

  /**
   * @param executor runs what may block; must not limit its threads
   * @param patience how long each server may take
   */
  public Survey(Executor executor, Duration patience) {
    this.executor = executor;
    this.patience = patience;
  }

  /**
   * Asks all; no server is waited for longer than patience has it.
   *
   * @return an answer for each, in their order
   * @throws Failure when the thread is interrupted
   */
  public List<Answer> of(List<? extends Server> servers) throws Failure {
    long end = System.nanoTime() + patience.toNanos();
    List<Asked> asked = new ArrayList<>();
    for (Server server : servers) {
      asked.add(ask(server));
    }
    List<Answer> answers = new ArrayList<>();
    for (Asked each : asked) {
      answers.add(answer(each, end));
    }
    return answers;
  }

  /**
   * A server that has been asked.
   *
   * @param answer null for one that is down
   */
  private record Asked(Server server, ServerState state, CompletableFuture<Health> answer) {
    Answer unasked() {
      return new Answer(server, state, Optional.empty(), Optional.empty());
    }

    Answer is(Health health) {
      return new Answer(server, state, Optional.of(health), Optional.empty());
    }

    Answer failed(Failure failure) {
      return new Answer(server, state, Optional.empty(), Optional.of(failure));
    }
  }

  private Asked ask(Server server) {
    ServerState state = server.state();
    if (!state.isConnectedTo()) {
      return new Asked(server, state, null);
    }
    CompletableFuture<Health> answer = new CompletableFuture<>();
    executor.execute(
        () -> {
          try {
            answer.complete(server.health());
          } catch (Throwable e) { // the top of a task: whoever waits hears of it
            answer.completeExceptionally(e);
          }
        });
    return new Asked(server, state, answer);
  }

  private Answer answer(Asked asked, long end) throws Failure {
    if (asked.answer() == null) {
      return asked.unasked();
    }
    String name = asked.server().name();
    try {
      long left = Math.max(0, end - System.nanoTime());
      return asked.is(asked.answer().get(left, TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      asked.server().abandon();
      String text = "Server %s has not answered within %s".formatted(name, seconds());
      return asked.failed(new Failure(Outcome.UNREACHABLE, text, e));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return asked.failed(
          cause instanceof Failure
              ? (Failure) cause
              : Failure.temporary("Server " + name + ": a fault: " + Reason.of(cause), cause));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(Outcome.CANCELLED, "Stopped", e);
    }
  }

  private String seconds() {
    return patience.toMillis() % 1000 == 0
        ? patience.toSeconds() + " s"
        : patience.toMillis() + " ms";
  }
}
