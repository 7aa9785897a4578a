package org.doveadmsshd.console;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.doveadmsshd.brain.Console;

/**
 * What a command asks who sits at the terminal. The thread of the shell asks, which alone reads
 * keys; that of the command waits.
 */
final class Questions {
  private final Optional<Console.Question> person;

  /** What has been asked, and what ends the wait for more; few at any time. */
  private final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();

  /**
   * @param person nobody where nobody can be asked
   */
  Questions(Optional<Console.Question> person) {
    this.person = person;
  }

  /** The same console, but whoever asks there waits for the thread that answers. */
  Console over(Console console) {
    return console.asking(person.map(any -> this::ask));
  }

  private String ask(String prompt) throws IOException {
    CompletableFuture<String> answer = new CompletableFuture<>();
    waiting.add(() -> answer(prompt, answer));
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new IOException("the terminal is gone", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private void answer(String prompt, CompletableFuture<String> answer) {
    try {
      answer.complete(person.orElseThrow().ask(prompt));
    } catch (IOException | RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }

  /** Asks what is asked until the command has ended. */
  void answerUntil(CompletableFuture<?> end) throws InterruptedException {
    end.whenComplete((code, failure) -> waiting.add(() -> {}));
    while (!end.isDone()) {
      waiting.take().run();
    }
  }
}
