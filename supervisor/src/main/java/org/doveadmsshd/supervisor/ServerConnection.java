package org.doveadmsshd.supervisor;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.FaultLog;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.supervision.AssignedUser;
import org.doveadmsshd.supervision.Identity;
import org.doveadmsshd.supervision.LineChannel;
import org.doveadmsshd.supervision.SupervisorRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of the server: one request after another, and at most one worker process at a time,
 * which does not outlive it.
 */
final class ServerConnection {
  private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);
  private static final FaultLog FAULTS =
      (doing, thrown) -> LOG.error("{} failed by a fault of the program", doing, thrown);

  /** How long a user waits for a process when the server names no time. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** How often WAIT is sent while a request waits. */
  private static final long WAIT_SECONDS = 2;

  /**
   * How many processes may be lost before they have taken the users; then the users are the reason.
   */
  private static final int TRIES = 3;

  private final Supervisor supervisor;
  private final Services services;
  private final String peer;
  private final LineChannel lines;
  private final ScheduledExecutorService timer;
  private WorkerChild child;
  private WorkerPool pool; // the child's
  private boolean waiting; // for an answer; guarded by lines

  /**
   * @param peer the user who has connected
   * @param timer says to the server that it has to wait
   */
  ServerConnection(
      Supervisor supervisor,
      Services services,
      String peer,
      SocketChannel channel,
      ScheduledExecutorService timer) {
    this.supervisor = supervisor;
    this.services = services;
    this.peer = peer;
    this.timer = timer;
    lines = new LineChannel(ChannelStreams.in(channel), ChannelStreams.out(channel));
  }

  /** Serves until the server closes it, or breaks the rules. */
  void serve() throws IOException {
    Requests requests = new Requests();
    try {
      while (true) {
        SupervisorRequest.parse(lines.receive()).accept(requests);
      }
    } catch (EOFException e) {
      LOG.debug("The server closed a connection");
    } finally {
      if (child != null) {
        pool.kill(child); // its server is gone, or has given up
      }
    }
  }

  /** Carries requests out, each only where it is in order. */
  private final class Requests implements SupervisorRequest.Visitor {
    @Override
    public void acquire(SupervisorRequest.Acquire request) throws IOException {
      inOrder(child == null);
      answer(() -> assign(request));
    }

    @Override
    public void release() throws IOException {
      inOrder(child != null);
      pool.release(child);
      child = null;
    }

    @Override
    public void lost() throws IOException {
      inOrder(child != null);
      String fate = pool.kill(child);
      child = null;
      send("ENDED", fate);
    }

    @Override
    public void reload() throws IOException {
      inOrder(child == null);
      answer(
          () -> {
            supervisor.reload();
            return new String[] {"RELOADED", ""};
          });
    }

    private void inOrder(boolean isInOrder) throws ProtocolException {
      if (!isInOrder) {
        throw new ProtocolException("a request out of order");
      }
    }
  }

  /** Finds the answer to a request, while the server waits for it. */
  @FunctionalInterface
  private interface Finding {
    String[] answer() throws Failure, IOException;
  }

  private void answer(Finding finding) throws IOException {
    beginsToWait(true);
    Future<?> waiting =
        timer.scheduleWithFixedDelay(
            FAULTS.guard("Telling the server to wait", this::sayWait),
            WAIT_SECONDS,
            WAIT_SECONDS,
            TimeUnit.SECONDS);
    try {
      send(finding.answer());
    } catch (Failure e) {
      if (e.getCause() != null) {
        LOG.info("{}", Reason.full(e));
      }
      send("FAILED", Integer.toString(e.outcome().code()), e.getMessage());
    } finally {
      beginsToWait(false);
      waiting.cancel(false);
    }
  }

  private void beginsToWait(boolean waits) {
    synchronized (lines) {
      waiting = waits;
    }
  }

  /** The timer says nothing after an answer. */
  private void send(String... values) throws IOException {
    synchronized (lines) {
      waiting = false;
      lines.send(values);
    }
  }

  private void sayWait() {
    try {
      synchronized (lines) {
        if (waiting) {
          lines.send("WAIT");
        }
      }
    } catch (IOException e) {
      LOG.debug("The server has gone while it waited for a worker", e);
    }
  }

  /** Takes a worker for users; returns the answer to the server. */
  private String[] assign(SupervisorRequest.Acquire request) throws Failure {
    pool = services.pool(request.service(), peer);
    String first = request.users().get(0);
    MailUser user = supervisor.user(first);
    Identity identity = supervisor.identity(user);
    List<AssignedUser> users = new ArrayList<>(List.of(new AssignedUser(first, user)));
    users.addAll(further(request.users(), identity));
    long patience =
        request.patience() == 0
            ? PATIENCE.toNanos()
            : Math.min(PATIENCE.toNanos(), request.patience() * 1_000_000);
    take(users, identity, System.nanoTime() + patience);
    String socket = child.socket().toString();
    String count = Integer.toString(child.users());
    String[] last = {"WORKER", socket, count};
    String[] more = {"WORKER", socket, count, "stays"};
    return pool.isLast(child) ? last : more;
  }

  /** Another process takes them when one is lost before it has: nothing has been begun then. */
  private void take(List<AssignedUser> users, Identity identity, long end) throws Failure {
    for (int tries = 1; child == null; tries++) {
      try {
        WorkerChild taken = pool.take(identity, users.size(), end);
        try {
          taken.assign(users, identity);
          child = taken;
        } catch (IOException e) {
          String fate = pool.kill(taken);
          LOG.warn("Worker process {} {} before it had begun", taken.pid(), fate);
          if (tries == TRIES) {
            throw Failure.temporary(
                "The worker process for %s %s before it had begun"
                    .formatted(users.get(0).asked(), fate),
                e);
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Failure.temporary("The supervisor is stopping", e);
      }
    }
  }

  /** Users after the first that the same process can serve, up to the first that it cannot. */
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
        break; // the server gets this failure when the user is the first of a request
      }
    }
    return users;
  }
}
