package org.doveadmsshd.supervisor;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.supervision.LineChannel;

/** A worker process that is none: a thread plays what it says. It ends when its script does. */
final class ScriptedChild extends Process {
  /** What a process that is killed ends with. */
  static final int KILLED = 137;

  private static final AtomicLong NUMBERS = new AtomicLong(4_000_000); // no process has it

  private final long pid = NUMBERS.incrementAndGet();
  private final Pipe input = Pipe.open();
  private final Pipe output = Pipe.open();
  private final OutputStream toChild = closing(input);
  private final InputStream fromChild = ChannelStreams.in(output.source());
  private final LineChannel lines =
      new LineChannel(ChannelStreams.in(input.source()), ChannelStreams.out(output.sink()));
  private final AtomicBoolean hasEnded = new AtomicBoolean();
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();

  ScriptedChild() throws IOException {}

  private static OutputStream closing(Pipe pipe) {
    OutputStream out = ChannelStreams.out(pipe.sink());
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        out.write(b);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        pipe.sink().close();
      }
    };
  }

  /** Reads a line of the supervisor. */
  List<String> hear() throws IOException {
    return lines.receive();
  }

  void say(String... values) throws IOException {
    lines.send(values);
  }

  /** Says bytes that need not be a line. */
  void sayBytes(byte[] bytes) throws IOException {
    ChannelStreams.out(output.sink()).write(bytes);
  }

  /** Reads the settings and says that it is ready. */
  List<String> becomesReady() throws IOException {
    List<String> settings = hear();
    say("READY", "3");
    return settings;
  }

  /** Reads the lines of an assignment. */
  List<List<String>> hearUsers() throws IOException {
    List<List<String>> users = new ArrayList<>();
    do {
      users.add(hear());
    } while (!users.get(users.size() - 1).get(1).equals("0"));
    return users;
  }

  /** Ends, with an exit code as a shell would say it; only the first end counts. */
  void ends(int code) {
    if (hasEnded.getAndSet(true)) {
      return;
    }
    exit.completeAsync(() -> code); // as the process reaper does: on another thread
    try {
      input.source().close();
      output.sink().close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public OutputStream getOutputStream() {
    return toChild;
  }

  @Override
  public InputStream getInputStream() {
    return fromChild;
  }

  @Override
  public InputStream getErrorStream() {
    return InputStream.nullInputStream();
  }

  @Override
  public int waitFor() throws InterruptedException {
    try {
      return exit.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
    try {
      exit.get(timeout, unit);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public int exitValue() {
    Integer code = exit.getNow(null);
    if (code == null) {
      throw new IllegalThreadStateException("it is still there");
    }
    return code;
  }

  @Override
  public boolean isAlive() {
    return !exit.isDone();
  }

  @Override
  public void destroy() {
    ends(KILLED);
  }

  @Override
  public Process destroyForcibly() {
    ends(KILLED);
    return this;
  }

  @Override
  public long pid() {
    return pid;
  }

  @Override
  public CompletableFuture<Process> onExit() {
    return exit.thenApply(code -> this);
  }
}
