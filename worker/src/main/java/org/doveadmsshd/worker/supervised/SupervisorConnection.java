package org.doveadmsshd.worker.supervised;

import java.io.Closeable;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.worker.process.LineChannel;

/**
 * A connection to the supervisor, by which one worker process at a time is had
 * (docs/SUPERVISOR.md). One thread at a time; only {@link #close} may come from another.
 */
final class SupervisorConnection implements Closeable {
  private final SocketChannel channel;
  private final LineChannel lines;

  /**
   * A worker process.
   *
   * @param socket where it listens
   * @param users so many of those that were named it serves
   * @param staysOn whether it serves further ones after them
   */
  record Worker(Path socket, int users, boolean staysOn) {}

  SupervisorConnection(Path socket) throws IOException {
    channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    lines = new LineChannel(ChannelStreams.in(channel), ChannelStreams.out(channel));
  }

  /**
   * Has a worker process for a user, until {@link #release} or {@link #lost}, and for as many of
   * those named after him as it can serve, too.
   *
   * @param users the names, at least one
   * @param patience how long to wait for one, in milliseconds; 0 for as long as the supervisor does
   * @throws Failure what the supervisor says of the first user
   * @throws IOException when it does not answer; it may be asked again
   */
  Worker worker(List<String> users, long patience) throws IOException, Failure {
    List<String> request = new ArrayList<>(List.of("WORKER", Long.toString(patience)));
    request.addAll(users);
    lines.send(request.toArray(String[]::new));
    List<String> answer = answer("WORKER");
    int served = answer.size() < 3 ? 0 : number(answer.get(2));
    if (served < 1 || served > users.size()) {
      throw new ProtocolException("the supervisor's answer is not known");
    }
    return new Worker(Path.of(answer.get(1)), served, answer.contains("stays"));
  }

  /** The worker process is not needed any more, and may serve somebody else. */
  void release() throws IOException {
    lines.send("RELEASE");
  }

  /**
   * The worker process does not answer any more; if it is still there it is killed.
   *
   * @return how it has ended, for people
   */
  String lost() throws IOException, Failure {
    lines.send("LOST");
    return answer("ENDED").get(1);
  }

  /** Has the supervisor read its configuration anew. */
  void reload() throws IOException, Failure {
    lines.send("RELOAD");
    answer("RELOADED");
  }

  private List<String> answer(String expected) throws IOException, Failure {
    List<String> answer = lines.receive();
    if (answer.get(0).equals("FAILED") && answer.size() == 3) {
      Outcome outcome =
          Outcome.of(number(answer.get(1))).orElseThrow(SupervisorConnection::unknownAnswer);
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
