package org.doveadmsshd.server.local;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.UserQueue;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.worker.MachineLoad;
import org.doveadmsshd.worker.RequestControl;
import org.doveadmsshd.worker.Worker;

/**
 * The server that the brain itself runs on: its lanes are threads that call the worker directly, so
 * no message is put into bytes.
 */
public final class LocalServer implements Server {
  private final Worker worker;
  private final Master master;
  private final int lanes;
  private final Executor executor;
  private final Set<LocalLane> working = ConcurrentHashMap.newKeySet();
  private final RequestControl listing = new RequestControl();
  private volatile boolean stopped;

  /**
   * @param lanes how many threads work at once for one run
   */
  public LocalServer(Worker worker, Master master, int lanes, Executor executor) {
    this.worker = worker;
    this.master = master;
    this.lanes = lanes;
    this.executor = executor;
  }

  @Override
  public String name() {
    return "localhost";
  }

  @Override
  public boolean mayHave(String user) {
    return true;
  }

  @Override
  public void watchLoad(Function<Map<String, Long>, Duration> taker) {
    Duration pause;
    do {
      pause = taker.apply(MachineLoad.figures());
      try {
        Thread.sleep(pause.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    } while (!pause.isZero() && !stopped);
  }

  @Override
  public void cancel() {
    stopped = true;
    listing.cancel();
    working.forEach(LocalLane::cancel);
  }

  @Override
  public void abandon() {
    cancel();
  }

  @Override
  public void listUsers(UserMask mask, Consumer<String> taker) throws Failure {
    Message.Done[] result = new Message.Done[1];
    try {
      worker.list(
          master,
          new Message.ListUsers(1, mask.text()),
          listing,
          message -> {
            if (message instanceof Message.Row) {
              taker.accept(((Message.Row) message).values().get(0).text());
            } else if (message instanceof Message.Done) {
              result[0] = (Message.Done) message;
            }
          });
    } catch (IOException e) {
      throw Failure.temporary("The list of users broke off", e);
    }
    if (!result[0].outcome().isOk()) {
      throw new Failure(result[0].outcome(), result[0].text());
    }
  }

  @Override
  public void work(UserQueue queue, int limit) {
    int count = limit > 0 ? Math.min(limit, lanes) : lanes;
    CountDownLatch ended = new CountDownLatch(count);
    for (int i = 1; i < count; i++) {
      int number = i;
      executor.execute(() -> work(number, queue, ended));
    }
    work(0, queue, ended);
    try {
      ended.await();
    } catch (InterruptedException e) {
      cancel();
      Thread.currentThread().interrupt();
    }
  }

  /** One lane, and another one in its place each time that its thread does not come back. */
  private void work(int number, UserQueue queue, CountDownLatch ended) {
    Runnable replace =
        () -> {
          if (stopped) {
            ended.countDown();
          } else {
            executor.execute(() -> work(number, queue, ended));
          }
        };
    LocalLane lane = new LocalLane(number, worker, master, replace);
    working.add(lane);
    try {
      if (stopped) {
        lane.cancel();
      }
      lane.work(queue);
    } finally {
      working.remove(lane);
      if (lane.end()) {
        ended.countDown();
      }
    }
  }
}
