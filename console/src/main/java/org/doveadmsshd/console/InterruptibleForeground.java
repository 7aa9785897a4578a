package org.doveadmsshd.console;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries commands out beside the thread that reads from the terminal. The first Ctrl-C stops the
 * command, which still says what it has done; the second one gives up waiting for that.
 */
final class InterruptibleForeground implements Foreground {
  private static final Logger LOG = LoggerFactory.getLogger(InterruptibleForeground.class);

  private final Terminal terminal;
  private final Executor executor;

  /** The one that is waited for; null when there is none. */
  private volatile Attempt current;

  private volatile boolean ended;

  /**
   * @param executor runs what may block; must not limit its threads
   */
  InterruptibleForeground(Terminal terminal, Executor executor) {
    this.terminal = terminal;
    this.executor = executor;
  }

  @Override
  public int run(Console console, Work work) throws IOException {
    Attempt attempt = new Attempt(console);
    SignalHandler before = terminal.handle(Signal.INT, signal -> attempt.interrupt());
    current = attempt;
    try {
      if (ended) {
        attempt.stop();
      }
      executor.execute(() -> attempt.run(work));
      return attempt.await();
    } catch (RejectedExecutionException e) {
      console.complain("The server is stopping");
      return Outcome.TEMPORARY_FAILURE.exitCode();
    } finally {
      current = null;
      terminal.handle(Signal.INT, before);
    }
  }

  /** Stops what is carried out, and all that would follow. */
  void end() {
    ended = true;
    Attempt attempt = current;
    if (attempt != null) {
      attempt.stop();
    }
  }

  /** One command. */
  private static final class Attempt {
    private final Console console;
    private final CompletableFuture<Integer> code = new CompletableFuture<>();

    // guarded by this
    private Running running;
    private int interrupts;

    private volatile boolean abandoned;

    Attempt(Console console) {
      this.console = console;
    }

    void run(Work work) {
      Console own =
          new Console(
              console.in(),
              new UntilAbandoned(console.out()),
              new UntilAbandoned(console.error()),
              console.isWatched(),
              console.isTerminal(),
              console.formatters());
      try {
        code.complete(work.run(own, this::started));
      } catch (IOException e) {
        LOG.debug("The terminal of a command is gone", e);
        code.complete(Outcome.CANCELLED.exitCode());
      } catch (RuntimeException | Error e) {
        LOG.error("A command failed by a fault of the program", e);
        code.completeExceptionally(e);
      }
    }

    private synchronized void started(Running run) {
      running = run;
      if (interrupts > 0) {
        run.cancel();
      }
    }

    /** On a thread of the transport, or one for signals: only hands over. */
    synchronized void interrupt() {
      if (++interrupts > 1) {
        abandoned = true;
        code.complete(Outcome.CANCELLED.exitCode());
      } else if (running != null) {
        running.cancel();
      }
    }

    synchronized void stop() {
      if (interrupts == 0) {
        interrupt();
      }
    }

    int await() throws IOException {
      try {
        int ended = code.get();
        if (abandoned) {
          say("Not waited for any longer; it ends at its next checkpoint");
        }
        return ended;
      } catch (ExecutionException e) {
        say("This failed by a fault of the program; its log says more");
        return Outcome.TEMPORARY_FAILURE.exitCode();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        stop();
        return Outcome.CANCELLED.exitCode();
      }
    }

    private void say(String text) throws IOException {
      console.error().write((text + "\n").getBytes(StandardCharsets.UTF_8));
      console.error().flush();
    }

    /** Takes output as long as somebody waits for the command. */
    private final class UntilAbandoned extends OutputStream {
      private final OutputStream out;

      UntilAbandoned(OutputStream out) {
        this.out = out;
      }

      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        if (abandoned) {
          throw new IOException("nobody waits for this command any longer");
        }
        out.write(bytes, offset, length);
        out.flush();
      }

      @Override
      public void flush() throws IOException {
        if (!abandoned) {
          out.flush();
        }
      }
    }
  }
}
