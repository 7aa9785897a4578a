package org.doveadmsshd.worker.supervised;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.supervision.LineChannel;

/**
 * A connection to the supervisor, by which one worker process at a time is had
 * (docs/SUPERVISOR.md). One thread at a time; only {@link #close} may come from another.
 */
final class SupervisorConnection implements Closeable {
  /** Longest time for which the supervisor has a user wait (docs/SUPERVISOR.md). */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final SocketChannel channel;
  private final LineChannel lines;
  private final ScheduledExecutorService timer;
  private final Patience limits;

  /**
   * How long the supervisor may take.
   *
   * @param silence until it says at least that one has to wait
   * @param late longer than it says that a user may have to wait
   */
  record Patience(Duration silence, Duration late) {
    static final Patience USUAL = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(30));
  }

  /**
   * A worker process.
   *
   * @param socket where it listens
   * @param users how many of the requested users it takes, from the first on
   * @param staysOn whether it will accept another assignment afterwards
   */
  record AssignedWorker(Path socket, int users, boolean staysOn) {}

  /**
   * Connects.
   *
   * @param timer closes the connection of a supervisor that says nothing
   */
  SupervisorConnection(Path socket, ScheduledExecutorService timer, Patience limits)
      throws IOException {
    this.timer = timer;
    this.limits = limits;
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    boolean connected = false;
    try {
      connected = timed(() -> channel.connect(UnixDomainSocketAddress.of(socket)));
    } finally {
      if (!connected) {
        close();
      }
    }
    lines = new LineChannel(ChannelStreams.in(channel), ChannelStreams.out(channel));
  }

  /**
   * Asks for a worker process, which belongs to the caller until {@link #release} or {@link #lost}.
   * It serves the first user, and as many of the next ones as it can.
   *
   * @param service whose worker it is to be, such as doveadm
   * @param users the names, at least one
   * @param patience how long to wait for one, in milliseconds; 0 for as long as the supervisor does
   * @throws Failure what the supervisor says of the first user
   * @throws IOException when it does not answer; it may be asked again
   */
  AssignedWorker worker(String service, List<String> users, long patience)
      throws IOException, Failure {
    List<String> request = new ArrayList<>(List.of("WORKER", service, Long.toString(patience)));
    request.addAll(users);
    long most = patience == 0 ? LONGEST.toMillis() : Math.min(patience, LONGEST.toMillis());
    List<String> answer =
        ask("WORKER", Duration.ofMillis(most).plus(limits.late()), request.toArray(String[]::new));
    int served = answer.size() < 3 ? 0 : number(answer.get(2));
    if (served < 1 || served > users.size()) {
      throw new ProtocolException("the supervisor's answer is not known");
    }
    return new AssignedWorker(Path.of(answer.get(1)), served, answer.contains("stays"));
  }

  /** The worker process is not needed any more, and may serve other users. */
  void release() throws IOException {
    lines.send("RELEASE");
  }

  /**
   * The worker process does not answer any more; if it is still there it is killed.
   *
   * @return how it has ended, for people
   */
  String lost() throws IOException, Failure {
    return ask("ENDED", limits.late(), "LOST").get(1);
  }

  /** Makes the supervisor read its configuration anew. */
  void reload() throws IOException, Failure {
    ask("RELOADED", limits.late(), "RELOAD");
  }

  /** A call that may take long; the timer breaks it off. */
  @FunctionalInterface
  private interface Call<T> {
    T run() throws IOException;
  }

  /**
   * Does something within the time for which the supervisor may be silent.
   *
   * @throws IOException also when it took longer; the connection is closed then
   */
  private <T> T timed(Call<T> call) throws IOException {
    Future<?> late =
        timer.schedule(this::close, limits.silence().toMillis(), TimeUnit.MILLISECONDS);
    try {
      return call.run();
    } catch (AsynchronousCloseException e) {
      throw new SocketTimeoutException("the supervisor says nothing");
    } finally {
      late.cancel(false);
    }
  }

  private List<String> ask(String expected, Duration most, String... request)
      throws IOException, Failure {
    long end = System.nanoTime() + most.toNanos();
    List<String> answer =
        timed(
            () -> {
              lines.send(request);
              return lines.receive();
            });
    while (answer.equals(List.of("WAIT"))) {
      if (System.nanoTime() - end > 0) {
        close();
        throw new SocketTimeoutException("the supervisor comes to no end");
      }
      answer = timed(lines::receive);
    }
    if (answer.get(0).equals("FAILED") && answer.size() == 3) {
      Outcome outcome = // of a newer version, perhaps
          Outcome.of(number(answer.get(1))).orElse(Outcome.TEMPORARY_FAILURE);
      throw new Failure(outcome, answer.get(2));
    }
    if (!answer.get(0).equals(expected) || answer.size() < 2) {
      throw unknownAnswer();
    }
    return answer;
  }

  private static int number(String text) throws ProtocolException {
    if (!text.matches("[0-9]{1,3}")) {
      throw unknownAnswer();
    }
    return Integer.parseInt(text);
  }

  private static ProtocolException unknownAnswer() {
    return new ProtocolException("the supervisor's answer is not known");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // it is of no further use in any case
    }
  }
}
