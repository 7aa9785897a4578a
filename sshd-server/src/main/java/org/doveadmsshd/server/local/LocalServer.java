package org.doveadmsshd.brain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.doveadmsshd.auth.Master;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.protocol.Message;
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
  private final java.util.Set<RequestControl> controls =
      java.util.concurrent.ConcurrentHashMap.newKeySet();
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
  public void cancel() {
    stopped = true;
    controls.forEach(RequestControl::cancel);
  }

  private RequestControl control() {
    RequestControl control = new RequestControl();
    controls.add(control);
    if (stopped) {
      control.cancel();
    }
    return control;
  }

  @Override
  public void listUsers(UserMask mask, Consumer<String> taker) throws Failure {
    Message.Done[] result = new Message.Done[1];
    try {
      worker.list(
          master,
          new Message.ListUsers(1, mask.text()),
          control(),
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
    CountDownLatch working = new CountDownLatch(count);
    Runnable lane =
        () -> {
          try {
            work(queue);
          } finally {
            working.countDown();
          }
        };
    for (int i = 1; i < count; i++) {
      executor.execute(lane);
    }
    lane.run();
    try {
      working.await();
    } catch (InterruptedException e) {
      cancel();
      Thread.currentThread().interrupt();
    }
  }

  private void work(UserQueue queue) {
    try {
      for (List<Assignment> next; !(next = queue.take(worker.together())).isEmpty(); ) {
        work(next);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work(List<Assignment> assignments) {
    List<Worker.Request> requests = new ArrayList<>();
    for (Assignment each : assignments) {
      Message.Run request = each.request(requests.size() + 1);
      requests.add(new Worker.Request(request, control(), each::openInput, each));
    }
    try {
      worker.run(master, requests);
    } catch (IOException e) {
      assignments.forEach(each -> each.outputBroken(e));
    } catch (RuntimeException | Error e) {
      IOException fault = new IOException("A lane failed by a fault of the program", e);
      assignments.forEach(each -> each.outputBroken(fault));
      throw e;
    } finally {
      requests.forEach(each -> controls.remove(each.control()));
    }
  }
}
