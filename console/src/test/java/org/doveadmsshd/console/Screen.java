package org.doveadmsshd.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.console.terminal.RemoteTerminal;

/** A shell, and who sits at its terminal. */
final class Screen implements AutoCloseable {
  static final String CONTROL_C = "\u0003";
  static final String CONTROL_D = "\u0004";
  static final String ENTER = "\r";

  private static final long LONG_SECONDS = 30;

  final RecordingRunner runner = new RecordingRunner();
  final RemoteTerminal terminal;
  final Shell shell;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CompletableFuture<Integer> code = new CompletableFuture<>();
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream(); // guarded by itself
  private int read;

  Screen() throws IOException {
    this("xterm", Optional.empty());
  }

  Screen(String term, Optional<HistoryFile> history) throws IOException {
    terminal = new RemoteTerminal(term, new Output(), new MemoryBudget(1 << 24).all(), size -> {});
    shell = new Shell(terminal, runner, threads, history);
    threads.execute(
        () -> {
          try {
            code.complete(shell.run());
          } catch (IOException | RuntimeException e) {
            code.completeExceptionally(e);
          }
        });
  }

  private final class Output extends java.io.OutputStream {
    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      synchronized (shown) {
        shown.write(bytes, offset, length);
        shown.notifyAll();
      }
    }
  }

  /** Presses keys. */
  Screen type(String keys) {
    byte[] bytes = keys.getBytes(StandardCharsets.UTF_8);
    terminal.received(bytes, 0, bytes.length);
    return this;
  }

  /** Waits until a text is shown behind what has been waited for before. */
  Screen awaits(String text) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONG_SECONDS);
    synchronized (shown) {
      while (plain().indexOf(text, read) < 0) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError(
              "'" + text + "' does not come, only: " + plain().substring(read));
        }
        shown.wait(left);
      }
      read = plain().indexOf(text, read) + text.length();
    }
    return this;
  }

  /** All that has been shown, whatever its colours. */
  private String plain() {
    return all().replaceAll("\u001b\\[[0-9;]*m", "");
  }

  /** All that has been shown. */
  String all() {
    synchronized (shown) {
      return shown.toString(StandardCharsets.UTF_8);
    }
  }

  /** Waits until the shell has ended; returns its exit code. */
  int end() throws Exception {
    return code.get(LONG_SECONDS, TimeUnit.SECONDS);
  }

  /** Waits until so many commands have begun; returns them. */
  List<String> carriedOut(int count) throws InterruptedException {
    return runner.await(count);
  }

  @Override
  public void close() throws Exception {
    shell.end("The test is over", true);
    terminal.inputEnded();
    runner.release();
    threads.shutdown();
    if (!threads.awaitTermination(LONG_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("a thread does not end");
    }
  }
}
