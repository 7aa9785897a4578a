package org.doveadmsshd.console;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.brain.progress.StatusLine;
import org.doveadmsshd.brain.progress.StatusLines;
import org.doveadmsshd.console.result.Paging;
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
  private final MemoryBudget.Share memory;

  /** The one that is waited for; null when there is none. */
  private volatile Attempt current;

  private volatile boolean ended;
  private boolean interrupted;

  /**
   * @param executor runs what may block; must not limit its threads
   * @param memory draws what waits to be seen
   */
  InterruptibleForeground(Terminal terminal, Executor executor, MemoryBudget.Share memory) {
    this.terminal = terminal;
    this.executor = executor;
    this.memory = memory;
  }

  @Override
  public int run(Console console, Work work) throws IOException {
    boolean pages = work.output() != Output.UNPAGED && Paging.isPossible(terminal);
    Optional<Paging> paging =
        pages ? Optional.of(new Paging(terminal, console, memory)) : Optional.empty();
    Attempt attempt = new Attempt(paging.map(Paging::console).orElse(console), paging);
    SignalHandler before = terminal.handle(Signal.INT, signal -> attempt.interrupt());
    current = attempt;
    try {
      if (ended) {
        attempt.stop();
      }
      executor.execute(() -> attempt.run(work));
      int code = attempt.await(work);
      interrupted = attempt.isInterrupted();
      return code;
    } catch (RejectedExecutionException e) {
      console.complain("The server is stopping");
      return Outcome.TEMPORARY_FAILURE.exitCode();
    } finally {
      current = null;
      terminal.handle(Signal.INT, before);
    }
  }

  /** Whether somebody has pressed Ctrl-C during the last command; asked once. */
  boolean wasInterrupted() {
    boolean was = interrupted;
    interrupted = false;
    return was;
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
    private final Optional<Paging> paging;
    private final CompletableFuture<Integer> code = new CompletableFuture<>();
    private final Questions questions;

    // guarded by this
    private Running running;
    private int interrupts;

    private volatile boolean abandoned;

    Attempt(Console console, Optional<Paging> paging) {
      this.console = console;
      this.paging = paging;
      questions = new Questions(console.question().filter(person -> paging.isEmpty()));
    }

    void run(Work work) {
      Console own =
          questions.over(
              console
                  .writing(new UntilAbandoned(console.out()), new UntilAbandoned(console.error()))
                  .watchedBy(new WhileWaitedFor()));
      try {
        code.complete(toItsEnd(work, own));
      } catch (IOException e) {
        LOG.debug("The terminal of a command is gone", e);
        code.complete(Outcome.CANCELLED.exitCode());
      } catch (RuntimeException | Error e) {
        LOG.error("A command failed by a fault of the program", e);
        code.completeExceptionally(e);
      }
    }

    /** Returns the exit code when all has been printed. */
    private int toItsEnd(Work work, Console own) throws IOException {
      try {
        return work.run(own, this::started);
      } finally {
        if (paging.isPresent()) {
          paging.get().finished();
        }
      }
    }

    private synchronized void started(Running run) {
      running = run;
      paging.ifPresent(pages -> pages.started(run));
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

    synchronized boolean isInterrupted() {
      return interrupts > 0;
    }

    synchronized void stop() {
      if (interrupts == 0) {
        interrupt();
      }
    }

    int await(Work work) throws IOException {
      try {
        if (paging.isPresent()) {
          show(work, paging.get());
        }
        questions.answerUntil(code);
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

    /** Shows what is longer than the screen; returns when there is nothing to be seen any more. */
    private void show(Work work, Paging pages)
        throws ExecutionException, InterruptedException, IOException {
      try (pages) {
        CompletableFuture.anyOf(code, pages.filled()).get();
        if (pages.filled().isDone() && !abandoned) {
          pages.show(this::stop);
          if (!code.isDone() && work.output() == Output.WANTED) {
            stop();
          }
        }
      }
    }

    private void say(String text) throws IOException {
      console.error().write((text + "\n").getBytes(StandardCharsets.UTF_8));
      console.error().flush();
    }

    /** Shows how far the command is as long as somebody waits for it. */
    private final class WhileWaitedFor implements StatusLines {
      @Override
      public Size size() {
        return console.status().size();
      }

      @Override
      public void show(List<StatusLine> lines) throws IOException {
        if (!abandoned) {
          console.status().show(lines);
        }
      }

      @Override
      public void clear() throws IOException {
        if (!abandoned) {
          console.status().clear();
        }
      }
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
