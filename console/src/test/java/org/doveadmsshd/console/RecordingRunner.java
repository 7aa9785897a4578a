package org.doveadmsshd.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;

/**
 * Notes what it is to carry out, and says so. {@code hold} waits until it is stopped, {@code stuck}
 * until it is released; {@code ask} asks who sits there; {@code fail N} has that exit code.
 */
final class RecordingRunner implements CommandRunner {
  private static final long LONG_SECONDS = 30;

  private final MemoryBudget.Share memory = new MemoryBudget(1 << 24).all();
  private final CountDownLatch released = new CountDownLatch(1);
  private final List<String> lines = new ArrayList<>(); // guarded by itself
  volatile List<String> servers = List.of();

  @Override
  public String master() {
    return "admin";
  }

  @Override
  public int run(
      List<String> words, List<String> chosen, Console console, Consumer<Running> started)
      throws IOException {
    String line = String.join(" ", words);
    CountDownLatch stopped = new CountDownLatch(1);
    started.accept(stopped::countDown);
    synchronized (lines) {
      lines.add(chosen.isEmpty() ? line : line + " on " + String.join(",", chosen));
      lines.notifyAll();
    }
    if (words.contains("hold")) {
      await(stopped);
      say(console, "summary");
      return 75;
    }
    if (words.contains("ask")) {
      say(console, "answer " + console.question().orElseThrow().ask("Really? "));
    }
    if (words.contains("stuck")) {
      await(released);
    }
    say(console, "done " + line);
    return words.get(0).equals("fail") ? Integer.parseInt(words.get(1)) : 0;
  }

  private static void say(Console console, String text) throws IOException {
    console.out().write((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(LONG_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody stops it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void release() {
    released.countDown();
  }

  List<String> await(int count) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONG_SECONDS);
    synchronized (lines) {
      while (lines.size() < count) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError("only " + lines);
        }
        lines.wait(left);
      }
      return List.copyOf(lines);
    }
  }

  @Override
  public MemoryBudget.Share memory() {
    return memory;
  }

  @Override
  public List<String> servers() {
    return servers;
  }

  @Override
  public void listUsers(UserMask mask, Consumer<String> taker) {
    taker.accept("jane");
  }
}
