package org.doveadmsshd.brain.ssh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Phaser;
import java.util.function.Consumer;
import org.apache.sshd.client.session.ClientSession;
import org.doveadmsshd.auth.UserMask;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.UserQueue;
import org.doveadmsshd.protocol.Failure;

/** A server at the other end of an SSH connection, which is opened when it is first needed. */
public final class SshServer implements Server {
  private final SshConnections connections;
  private final Address address;
  private final List<UserMask> users;
  private final int workers;
  private final Executor executor;
  private final Set<SshLane> lanes = ConcurrentHashMap.newKeySet();
  private ClientSession session;
  private Failure connectFailure;

  /**
   * Where a server is and who logs in there.
   *
   * @param name as in the configuration
   */
  public record Address(String name, String host, int port, String user, Path identity) {}

  /**
   * @param users masks of the users that are there
   * @param workers how many lanes
   */
  public SshServer(
      SshConnections connections,
      Address address,
      List<UserMask> users,
      int workers,
      Executor executor) {
    this.connections = connections;
    this.address = address;
    this.users = List.copyOf(users);
    this.workers = workers;
    this.executor = executor;
  }

  @Override
  public String name() {
    return address.name();
  }

  @Override
  public boolean mayHave(String user) {
    return users.stream().anyMatch(mask -> mask.matches(user));
  }

  /** Connects once; who comes second gets the same connection or the same failure. */
  private synchronized ClientSession session() throws Failure {
    if (connectFailure != null) {
      throw connectFailure;
    }
    if (session == null) {
      try {
        session =
            connections.connect(address.host(), address.port(), address.user(), address.identity());
      } catch (Failure e) {
        connectFailure =
            new Failure(e.outcome(), "Server " + name() + ": " + e.getMessage(), e.getCause());
        throw connectFailure;
      }
    }
    return session;
  }

  @Override
  public void listUsers(UserMask mask, Consumer<String> taker) throws Failure {
    try (SshLane lane = new SshLane(session(), name())) {
      lane.list(
          mask.text(),
          user -> {
            if (mayHave(user)) {
              taker.accept(user);
            }
          });
    } catch (IOException e) {
      throw Failure.temporary(
          "Server " + name() + ": the list of users broke off: " + e.getMessage(), e);
    }
  }

  @Override
  public void work(UserQueue queue, int limit) throws Failure {
    int wanted = limit > 0 ? Math.min(limit, workers) : workers;
    List<SshLane> open = openLanes(wanted);
    Phaser working = new Phaser(1);
    for (SshLane lane : open) {
      working.register();
      executor.execute(
          () -> {
            try (lane) {
              lane.work(queue);
            } finally {
              lanes.remove(lane);
              working.arriveAndDeregister();
            }
          });
    }
    working.arriveAndAwaitAdvance();
    if (!queue.isFinished()) {
      throw new Failure(
          org.doveadmsshd.protocol.Outcome.TEMPORARY_FAILURE,
          "Server " + name() + ": the connection was lost");
    }
  }

  private List<SshLane> openLanes(int wanted) throws Failure {
    List<SshLane> open = new ArrayList<>();
    for (int i = 0; i < wanted; i++) {
      try {
        SshLane lane = new SshLane(session(), name());
        open.add(lane);
        lanes.add(lane);
      } catch (IOException e) {
        if (open.isEmpty()) {
          throw Failure.temporary(
              "Server " + name() + ": cannot open a lane: " + e.getMessage(), e);
        }
        break; // fewer lanes are enough
      }
    }
    return open;
  }

  @Override
  public void cancel() {
    lanes.forEach(SshLane::cancel);
  }
}
