package org.doveadmsshd.console.line;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Answers to the last few questions. One that is a little old is still given, and asked for again
 * meanwhile; all are forgotten when nobody has asked for a minute. At most one question is on its
 * way. Safe for several threads.
 */
final class Recent<T> {
  private static final Duration FRESH = Duration.ofSeconds(20);
  private static final Duration KEPT = Duration.ofMinutes(1);
  private static final int MOST = 4;

  private final Function<String, T> question;
  private final Executor executor;

  // guarded by this
  private final Map<String, Answer<T>> answers = new LinkedHashMap<>();
  private CompletableFuture<?> asked = CompletableFuture.completedFuture(null);
  private long lastUse;
  private boolean forgets;

  private record Answer<T>(T value, long since) {}

  /**
   * @param question finds an answer; may take its time
   */
  Recent(Function<String, T> question, Executor executor) {
    this.question = question;
    this.executor = executor;
  }

  /**
   * The answer; nothing when it is not known in time.
   *
   * @param end until when who asks waits, as {@link System#nanoTime} has it
   */
  Optional<T> ask(String about, long end) {
    Optional<T> known = known(about);
    while (known.isEmpty() && await(begin(about), end)) {
      known = known(about);
    }
    return known;
  }

  private synchronized Optional<T> known(String about) {
    lastUse = System.nanoTime();
    Answer<T> answer = answers.get(about);
    if (answer == null) {
      return Optional.empty();
    }
    if (lastUse - answer.since() > FRESH.toNanos()) {
      begin(about);
    }
    return Optional.of(answer.value());
  }

  /** Asks, unless another question is on its way; returns the end of what is on its way. */
  private synchronized CompletableFuture<?> begin(String about) {
    if (asked.isDone()) {
      try {
        asked = CompletableFuture.runAsync(() -> answer(about), executor);
        forgetLater();
      } catch (RejectedExecutionException e) {
        asked = CompletableFuture.failedFuture(e); // the program ends
      }
    }
    return asked;
  }

  private static boolean await(CompletableFuture<?> asked, long end) {
    try {
      asked.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void answer(String about) {
    T value = question.apply(about);
    synchronized (this) {
      answers.remove(about);
      answers.put(about, new Answer<>(value, System.nanoTime()));
      if (answers.size() > MOST) {
        answers.remove(answers.keySet().iterator().next());
      }
    }
  }

  /** Called with the lock held. */
  private void forgetLater() {
    if (forgets) {
      return;
    }
    forgets = true;
    CompletableFuture.delayedExecutor(KEPT.toNanos(), TimeUnit.NANOSECONDS, executor)
        .execute(this::forget);
  }

  private synchronized void forget() {
    forgets = false;
    if (System.nanoTime() - lastUse >= KEPT.toNanos()) {
      answers.clear();
    } else {
      forgetLater();
    }
  }
}
