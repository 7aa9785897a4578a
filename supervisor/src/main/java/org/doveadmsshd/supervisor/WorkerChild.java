package org.doveadmsshd.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.supervision.AssignedUser;
import org.doveadmsshd.supervision.Identity;
import org.doveadmsshd.supervision.LineChannel;
import org.doveadmsshd.supervision.WorkerJvm;
import org.doveadmsshd.supervision.WorkerSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker process, from its start to its end. The thread that was given it talks to it; its fields
 * are guarded by the pool.
 */
final class WorkerChild {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerChild.class);

  private static final int SIGNALLED = 128;
  private static final int LAST_SECONDS = 5;

  /** How long one that is idle may take for its next user: it has nothing else to do. */
  private static final int TAKING_SECONDS = 10;

  private static final int LAST_MILLIS = 200;

  /** What the pool has it for. */
  enum State {
    STARTING,
    SPARE,
    BUSY,
    IDLE,
    ENDING,
    GONE // without having been told to
  }

  private final Path socket;
  private final Process process;
  private final LineChannel lines;

  // guarded by the pool
  State state = State.STARTING;
  long since = System.nanoTime();
  int users; // that it has now, while it is busy
  int served; // before them
  boolean outdated; // started with another configuration than the one in force
  Optional<Identity> identity = Optional.empty();

  WorkerChild(Path socket, Process process) {
    this.socket = socket;
    this.process = process;
    lines = new LineChannel(process.getInputStream(), process.getOutputStream());
    process.onExit().thenRun(this::removeSocket);
  }

  /**
   * Waits until it is ready for a user.
   *
   * @return the version of Landlock that confines it; 0 when it is not confined
   */
  int greet(WorkerSettings settings) throws IOException {
    lines.send(settings.line());
    List<String> answer = lines.receive();
    if (!answer.get(0).equals("READY") || answer.size() != 2) {
      throw new IOException("a worker process does not say that it is ready");
    }
    return Integer.parseInt(answer.get(1));
  }

  /**
   * Assigns users to it: as many of these as the pool has allowed. The first assignment makes it
   * take the identity.
   *
   * @throws IOException when it does not; one that says nothing has been killed
   */
  void assign(List<AssignedUser> assigned, Identity taken) throws IOException {
    List<String[]> told = new ArrayList<>();
    for (int i = 0; i < users; i++) {
      told.add(assigned.get(i).line(users - i - 1, taken));
    }
    CompletableFuture<Void> answered = new CompletableFuture<>();
    answered
        .orTimeout(TAKING_SECONDS, TimeUnit.SECONDS)
        .exceptionally(
            late -> {
              kill(); // which ends the wait for it
              return null;
            });
    try {
      lines.send(told);
      if (!lines.receive().equals(List.of("TAKEN"))) {
        throw new IOException("a worker process does not say that it has taken a user");
      }
    } finally {
      answered.complete(null);
    }
  }

  /** How many it has now. */
  int users() {
    return users;
  }

  /** Whether it does that, having taken the identity. */
  boolean is(State expected, Identity taken) {
    return state == expected && identity.equals(Optional.of(taken));
  }

  /** Where it listens. */
  Path socket() {
    return socket;
  }

  long pid() {
    return process.pid();
  }

  Process process() {
    return process;
  }

  /** Tells it that there will be no further user; it ends by itself, or is killed. */
  void end() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      LOG.debug("Closing the input of a worker process", e);
    }
    process
        .onExit()
        .orTimeout(LAST_SECONDS, TimeUnit.SECONDS)
        .exceptionally(
            late -> {
              process.destroyForcibly();
              return process;
            });
  }

  void kill() {
    process.destroyForcibly();
  }

  /** Waits a moment: a process that does not answer may be about to end. */
  boolean endsByItself() {
    try {
      return process.waitFor(LAST_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Waits a while for its end, and says how it came, for people. */
  String fate() {
    int code;
    try {
      if (!process.waitFor(LAST_SECONDS, TimeUnit.SECONDS)) {
        return "was to be killed, and is still there";
      }
      code = process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "was killed";
    }
    if (code == WorkerJvm.OUT_OF_MEMORY) {
      return "ran out of memory (vsz_limit)";
    }
    if (code == 1) { // a JVM ends so, too, to which the system gives no memory
      return "ended (exit code 1): the supervisor's log says why, or it"
          + " ran out of memory (vsz_limit)";
    }
    return code > SIGNALLED
        ? "was killed by signal " + (code - SIGNALLED)
        : "ended with exit code " + code;
  }

  private void removeSocket() {
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      LOG.warn("{} cannot be removed: {}", socket, Reason.of(e));
    }
  }
}
