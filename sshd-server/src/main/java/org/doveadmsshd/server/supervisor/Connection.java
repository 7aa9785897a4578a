package org.doveadmsshd.server.supervisor;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.auth.MailUser;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.worker.isolation.Identity;
import org.doveadmsshd.worker.process.AssignedUser;
import org.doveadmsshd.worker.process.LineChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of the server: one request after another, and at most one worker process at a time,
 * which does not outlive it.
 */
final class Connection {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  /** How long a user waits for a process when the server names no time. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Supervisor supervisor;
  private final WorkerPool pool;
  private final LineChannel lines;
  private WorkerChild child;

  Connection(Supervisor supervisor, WorkerPool pool, SocketChannel channel) {
    this.supervisor = supervisor;
    this.pool = pool;
    lines = new LineChannel(ChannelStreams.in(channel), ChannelStreams.out(channel));
  }

  /** Serves until the server closes it, or breaks the rules. */
  void serve() throws IOException {
    try {
      while (true) {
        carryOut(Request.parse(lines.receive()));
      }
    } catch (EOFException e) {
      LOG.debug("The server closed a connection");
    } finally {
      if (child != null) {
        pool.kill(child); // its server is gone, or has given up
      }
    }
  }

  private void carryOut(Request request) throws IOException {
    boolean aboutWorker = request instanceof Request.Release || request instanceof Request.Lost;
    if (aboutWorker != (child != null)) {
      throw new ProtocolException("a request out of order");
    }
    if (request instanceof Request.Release) {
      pool.release(child);
      child = null;
    } else if (request instanceof Request.Lost) {
      String fate = pool.kill(child);
      child = null;
      lines.send("ENDED", fate);
    } else {
      answer(request);
    }
  }

  private void answer(Request request) throws IOException {
    try {
      if (request instanceof Request.Reload) {
        supervisor.reload();
        lines.send("RELOADED", "");
      } else {
        assign((Request.Worker) request);
      }
    } catch (Failure e) {
      if (e.getCause() != null) {
        LOG.info("{}: {}", e.getMessage(), e.getCause().toString());
      }
      lines.send("FAILED", Integer.toString(e.outcome().code()), e.getMessage());
    }
  }

  private void assign(Request.Worker request) throws Failure, IOException {
    String first = request.users().get(0);
    MailUser user = supervisor.user(first);
    Identity identity = supervisor.identity(user);
    List<AssignedUser> users = new ArrayList<>(List.of(new AssignedUser(first, user)));
    users.addAll(further(request.users(), identity));
    long patience =
        request.patience() == 0
            ? PATIENCE.toNanos()
            : Math.min(PATIENCE.toNanos(), request.patience() * 1_000_000);
    try {
      child = pool.take(identity, users.size(), System.nanoTime() + patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.temporary("The supervisor is stopping", e);
    }
    try {
      child.assign(users, identity);
    } catch (IOException e) {
      String fate = pool.kill(child);
      child = null;
      throw Failure.temporary(
          "The worker process for %s %s before it had begun".formatted(user.name(), fate), e);
    }
    String socket = child.socket().toString();
    String count = Integer.toString(child.users());
    String[] last = {"WORKER", socket, count};
    String[] more = {"WORKER", socket, count, "stays"};
    lines.send(pool.isLast(child) ? last : more);
  }

  /** Those after the first whom the same process can serve, as far as there is nobody else. */
  private List<AssignedUser> further(List<String> names, Identity identity) {
    List<AssignedUser> users = new ArrayList<>();
    for (String name : names.subList(1, Math.min(names.size(), pool.together()))) {
      try {
        MailUser user = supervisor.user(name);
        if (!supervisor.identity(user).equals(identity)) {
          break;
        }
        users.add(new AssignedUser(name, user));
      } catch (Failure e) {
        break; // which the server is told when he is the first
      }
    }
    return users;
  }
}
