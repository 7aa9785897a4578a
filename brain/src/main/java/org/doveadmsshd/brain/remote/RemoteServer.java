package org.doveadmsshd.brain.remote;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Phaser;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.UserQueue;

/** A server at the other end of a connection, which is opened when it is first needed. */
public final class RemoteServer implements Server {
  private final String name;
  private final Connector connector;
  private final List<UserMask> users;
  private final int workers;
  private final Executor executor;
  private final Set<RemoteLane> lanes = ConcurrentHashMap.newKeySet();

  /**
   * @param name as in the configuration
   * @param users masks of the users that are there
   * @param workers how many lanes
   */
  public RemoteServer(
      String name, Connector connector, List<UserMask> users, int workers, Executor executor) {
    this.name = name;
    this.connector = connector;
    this.users = List.copyOf(users);
    this.workers = workers;
    this.executor = executor;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean mayHave(String user) {
    return users.stream().anyMatch(mask -> mask.matches(user));
  }

  private RemoteLane open() throws Failure, IOException {
    LaneTransport transport = connector.open();
    boolean done = false;
    try {
      RemoteLane lane = new RemoteLane(transport, name, connector.authentication());
      done = true;
      return lane;
    } finally {
      if (!done) {
        transport.close();
      }
    }
  }

  @Override
  public void listUsers(UserMask mask, Consumer<String> taker) throws Failure {
    try (RemoteLane lane = open()) {
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
    List<RemoteLane> open = openLanes(wanted);
    Phaser working = new Phaser(1);
    for (RemoteLane lane : open) {
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
          org.doveadmsshd.base.Outcome.TEMPORARY_FAILURE,
          "Server " + name() + ": the connection was lost");
    }
  }

  private List<RemoteLane> openLanes(int wanted) throws Failure {
    List<RemoteLane> open = new ArrayList<>();
    for (int i = 0; i < wanted; i++) {
      try {
        RemoteLane lane = open();
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
    lanes.forEach(RemoteLane::cancel);
  }
}
